import { hashedSettings, type InnerSettings } from '../../domain/adaptation.ts';
import { contentDigest, type IdempotencyKey } from '../../domain/idempotency.ts';
import { formerDigestOf, type GivenSupport } from '../../domain/support-set.ts';
import { tensorOf } from '../../domain/tensor-content.ts';
import type { Manifest } from '../../package/manifest.ts';
import { stack } from '../../tensor.ts';
import type { InputSpec } from '../inputs/input-spec.ts';
import type { AdaptRequest } from '../service.ts';

interface Decoded {
  readonly manifest: Manifest;
  readonly spec: InputSpec;
  readonly settings: InnerSettings;
  readonly given: GivenSupport;
}

/** The key of the request, with a digest of everything that its answer depends on. */
export function idempotencyOf(
  { idempotencyKey: key, mode = 'replace', metadata }: AdaptRequest,
  { manifest: { name }, spec, settings, given }: Decoded,
): IdempotencyKey | undefined {
  if (key === undefined) return undefined;
  const notes = metadata && Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const { numbers, flags } = hashedSettings(settings);
  const digestWith = (support: string) =>
    contentDigest([mode, name, ...numbers, support, notes ?? null, ...flags]);
  const former = formerSupportDigest(given, spec);
  return { key, digest: digestWith(given.support.digest), formerDigest: former && digestWith(former) };
}

/** Versions before 0.3 had packages without encoders alone. */
function formerSupportDigest({ support, contents }: GivenSupport, { encoder, reads, shape }: InputSpec) {
  if (encoder || reads === 'row') return undefined;
  const rows = support.examples.flatMap(({ content }) => contents.get(content) ?? []);
  return formerDigestOf(stack(rows.map((row) => tensorOf(row, shape))), support.outcome);
}

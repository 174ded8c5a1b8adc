import { type Content, contentDigestOf } from '../../domain/content.ts';
import { type Facts, factsOf, rangeOf } from '../../domain/drift/facts.ts';
import type { Column } from '../../domain/rows/columns.ts';
import type { TenantId } from '../../domain/task.ts';
import type { DecodeLimits } from '../../ports/content-decoder.ts';
import { contentOf } from '../inputs/content.ts';
import type { Embedded, Features } from '../inputs/features.ts';
import type { InputSpec } from '../inputs/input-spec.ts';
import type { DecodeInput, RawInput } from '../inputs/raw-input.ts';
import { rowVector } from '../inputs/row-vector.ts';

interface Parts {
  readonly decodeInput: DecodeInput;
  readonly features: Pick<Features, 'embed'>;
}

interface About {
  readonly spec: InputSpec;
  readonly tenant: TenantId;
  /** For rows: what the columns of the support set were. */
  readonly columns: readonly Column[];
}

/** Reads one input of a prediction as the programs of the package read it. */
export type ReadInput = (raw: RawInput, limits: DecodeLimits) => Promise<Read>;

/** `content` is absent for a tensor or drawing that was read to the network's tensor directly. */
export interface Read extends Embedded {
  readonly content?: Content;
}

export function factsOfRead({ content, features, warnings }: Read): Facts {
  return content ? factsOf(content, warnings) : rangeOf(features.data);
}

/** For the inputs of one request. Equal contents of the request are embedded once. */
export function createReadInput(
  { decodeInput, features }: Parts,
  { spec, tenant, columns }: About,
): ReadInput {
  const embedded = new Map<string, Promise<Read>>();
  return async (raw, limits) => {
    if (!spec.encoder && spec.reads !== 'row')
      return { features: await decodeInput(raw, spec, limits.take), warnings: [] };
    const content = contentOf(raw, spec);
    if (!spec.encoder) return { ...rowVector(content, columns), content };
    const digest = contentDigestOf(content);
    const same = embedded.get(digest);
    if (same) return same;
    const embedding = features.embed(content, spec.encoder, { ...limits, owner: tenant });
    const read = embedding.then((each) => ({ ...each, content }));
    embedded.set(digest, read);
    return read;
  };
}

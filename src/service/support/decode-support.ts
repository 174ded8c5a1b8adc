import { type Items, mapWithLimit } from '../../concurrency/limit.ts';
import { contentDigestOf } from '../../domain/content.ts';
import { type Example, newExampleId } from '../../domain/example.ts';
import { checkLabel } from '../../domain/labels.ts';
import { type GivenSupport, supportSet } from '../../domain/support-set.ts';
import type { Warning } from '../../domain/warning.ts';
import type { Manifest } from '../../package/manifest.ts';
import type { ReadCanonical } from '../inputs/canonical.ts';
import type { InputSpec } from '../inputs/input-spec.ts';
import { atItem, atMember } from '../inputs/invalid-input.ts';
import { decodeNested } from '../inputs/numbers/numbers.ts';
import type { WithinBudget } from '../inputs/pixel-budget.ts';
import type { RawExample } from '../service.ts';
import { invalidSupport } from './check-support.ts';

export interface DecodedSupport extends GivenSupport {
  readonly warnings: readonly Warning[];
}

interface Decoding {
  readonly manifest: Manifest;
  readonly spec: InputSpec;
  readonly readCanonical: ReadCanonical;
  readonly withinBudget: WithinBudget;
  readonly createdAt: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Decodes the caller's examples as they arrive, until `signal` aborts, and answers their support set. When all examples are
 * present from the start, their labels and targets are checked before any input is decoded.
 * @throws InnerloopError `invalid_support_set`, or an error of `readCanonical`
 */
export async function decodeSupport(
  examples: Items<RawExample>,
  { manifest, spec, readCanonical, withinBudget, createdAt, signal }: Decoding,
): Promise<DecodedSupport> {
  const { maximum } = manifest.inner.examples;
  const isClassification = manifest.task === 'classification';
  const check = isClassification ? checkLabelled : checkTarget;
  const requireRoom = (count: number, got = `${count}`) => {
    if (count > maximum) throw invalidSupport('/support', `at most ${maximum} examples`, got);
  };
  if ('length' in examples) {
    requireRoom(examples.length);
    for (const [item, example] of examples.entries()) await atItem(item, () => check(example));
  }

  const targetSpec = { reads: 'tensor', shape: outputShape(manifest) } as const;
  const decodeExample = async (raw: RawExample) => {
    check(raw);
    const { content, warnings } = await atMember('/input', () =>
      withinBudget((take) => readCanonical(raw.input, spec, { take, signal })),
    );
    const outcome = isClassification
      ? { label: raw.label ?? '' }
      : {
          target: [
            ...(
              await atMember('/target', () => decodeNested(listed(raw.target, targetSpec.shape), targetSpec))
            ).data,
          ],
        };
    const digest = contentDigestOf(content);
    const fixed = { weight: 1, createdAt, source: 'adapt' } as const;
    const example: Omit<Example, 'id'> = { kind: content.kind, content: digest, ...outcome, ...fixed };
    return { example, content, warnings };
  };
  const decodeAt = (example: RawExample, item: number) => {
    requireRoom(item + 1, 'more');
    return atItem(item, () => decodeExample(example));
  };
  const decoded = await mapWithLimit(examples, decodeAt, signal);
  if (decoded.length === 0) throw invalidSupport('/support', 'at least 1 example', 'none');
  // Lists of examples are in the order of time and id, so examples that arrive together stay in their order.
  const ids = decoded.map(newExampleId).sort();
  return {
    support: supportSet({
      examples: decoded.map(({ example }, i) => ({ id: ids[i] as string, ...example })),
      ...(!isClassification && { targetShape: targetSpec.shape }),
    }),
    contents: new Map(decoded.map(({ example, content }) => [example.content, content])),
    warnings: decoded.flatMap(({ warnings }, item) =>
      warnings.map((each) => ({ ...each, pointer: `/support/${item}/input${each.pointer}` })),
    ),
  };
}

function checkLabelled({ label, target }: RawExample): void {
  if (target !== undefined)
    throw invalidSupport('/target', 'a label, because the model predicts labels', 'a target');
  checkLabel(label);
}

function checkTarget({ label, target }: RawExample): void {
  if (label !== undefined)
    throw invalidSupport('/label', 'a target, because the model predicts numbers', 'a label');
  if (target === undefined) throw invalidSupport('/target', 'a target', 'none');
}

/** A package with one output takes a number for itself, too: `3` for `[3]`. */
export function listed(target: unknown, shape: readonly number[]): unknown {
  return typeof target === 'number' && shape.length === 1 && shape[0] === 1 ? [target] : target;
}

/** Only regression has targets. Its output shape has no symbolic dimension. */
function outputShape({ output }: Manifest): number[] {
  return output.shape.filter((dim) => typeof dim === 'number');
}

import { type Items, mapWithLimit } from '../../concurrency/limit.ts';
import { checkLabel } from '../../domain/labels.ts';
import { labelledSupport, type SupportSet, targetSupport } from '../../domain/support-set.ts';
import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import { stack } from '../../tensor.ts';
import type { InputSpec } from '../inputs/input-spec.ts';
import { atItem, atMember } from '../inputs/invalid-input.ts';
import { decodeNested } from '../inputs/numbers.ts';
import type { WithinBudget } from '../inputs/pixel-budget.ts';
import type { DecodeInput } from '../inputs/raw-input.ts';
import type { RawExample } from '../service.ts';

/**
 * Decodes the caller's examples as they arrive, until `signal` aborts, and answers their support set. When all examples are
 * present from the start, their labels and targets are checked before any input is decoded.
 * @throws InnerloopError `invalid_support_set`, or an error of `decodeInput`
 */
export async function decodeSupport(
  examples: Items<RawExample>,
  manifest: Manifest,
  spec: InputSpec,
  decodeInput: DecodeInput,
  withinBudget: WithinBudget,
  signal: AbortSignal | undefined,
): Promise<SupportSet> {
  const { maximum } = manifest.inner.examples;
  const isClassification = manifest.task === 'classification';
  const check = isClassification ? checkLabelled : checkTarget;
  const requireRoom = (count: number, got = `${count}`) => {
    if (count > maximum) throw invalid('/support', `at most ${maximum} examples`, got);
  };
  if ('length' in examples) {
    requireRoom(examples.length);
    for (const [item, example] of examples.entries()) await atItem(item, () => check(example));
  }

  const targetSpec = { reads: 'tensor', shape: outputShape(manifest) } as const;
  const decodeExample = async (example: RawExample) => {
    check(example);
    const { input, label = '', target: value } = example;
    const x = await atMember('/input', () =>
      withinBudget((takePixels) => decodeInput(input, spec, takePixels)),
    );
    if (isClassification) return { x, label, target: null };
    const target = await atMember('/target', () => decodeNested(value, targetSpec));
    return { x, label, target };
  };
  const decodeAt = (example: RawExample, item: number) => {
    requireRoom(item + 1, 'more');
    return atItem(item, () => decodeExample(example));
  };
  const decoded = await mapWithLimit(examples, decodeAt, signal);
  if (decoded.length === 0) throw invalid('/support', 'at least 1 example', 'none');
  const x = stack(decoded.map((each) => each.x));
  if (isClassification) {
    return labelledSupport(
      x,
      decoded.map(({ label }) => label),
    );
  }
  return targetSupport(x, stack(decoded.flatMap(({ target }) => target ?? [])));
}

/**
 * Checks the number of examples and classes of the whole support set, after appending.
 * @throws InnerloopError `invalid_support_set`, `unlearnable_support_set`
 */
export function checkSupport({ x, outcome }: SupportSet, { inner }: Manifest): void {
  const n = x.shape[0] ?? 0;
  const { minimum, maximum } = inner.examples;
  if (n < minimum || n > maximum) throw invalid('/support', `from ${minimum} to ${maximum} examples`, `${n}`);
  if (outcome.kind !== 'labels') return;
  const ways = outcome.classes.length;
  if (ways === 1) {
    throw new InnerloopError('unlearnable_support_set', 'Expected examples of at least 2 classes, got 1', {
      pointer: '/support',
      expected: 'examples of at least 2 classes',
      got: '1 class',
    });
  }
  const bounds = inner.classes;
  if (bounds && (ways < bounds.minimum || ways > bounds.maximum)) {
    throw invalid('/support', `from ${bounds.minimum} to ${bounds.maximum} classes`, `${ways}`);
  }
}

function checkLabelled({ label, target }: RawExample): void {
  if (target !== undefined)
    throw invalid('/target', 'a label, because the model predicts classes', 'a target');
  checkLabel(label);
}

function checkTarget({ label, target }: RawExample): void {
  if (label !== undefined) throw invalid('/label', 'a target, because the model predicts numbers', 'a label');
  if (target === undefined) throw invalid('/target', 'a target', 'none');
}

/** Only regression has targets. Its output shape has no symbolic dimension. */
function outputShape({ output }: Manifest): number[] {
  return output.shape.filter((dim) => typeof dim === 'number');
}

function invalid(pointer: string, expected: string, got: string): InnerloopError {
  return new InnerloopError('invalid_support_set', `Expected ${expected}, got ${got}`, {
    pointer,
    expected,
    got,
  });
}

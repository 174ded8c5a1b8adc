import { mapWithLimit } from '../../concurrency/limit.ts';
import {
  labelledSupport,
  MAX_LABEL_LENGTH,
  type SupportSet,
  targetSupport,
} from '../../domain/support-set.ts';
import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';
import { stack } from '../../tensor.ts';
import type { WithinBudget } from '../inputs/pixel-budget.ts';
import type { DecodeInput, RawExample } from '../service.ts';

/**
 * A support set from examples as the caller wrote them. What costs nothing to check comes before any input is decoded,
 * and none is any more once `signal` has aborted.
 * @throws InnerloopError `invalid_support_set`, or what `decodeInput` throws.
 */
export async function decodeSupport(
  examples: readonly RawExample[],
  manifest: Manifest,
  decodeInput: DecodeInput,
  withinBudget: WithinBudget,
  signal: AbortSignal | undefined,
): Promise<SupportSet> {
  const { maximum } = manifest.inner.examples;
  if (examples.length === 0) throw invalid('/support', 'at least 1 example', 'none');
  if (examples.length > maximum)
    throw invalid('/support', `at most ${maximum} examples`, `${examples.length}`);

  const classification = manifest.task === 'classification';
  const labels = classification ? examples.map(labelOf) : [];
  if (!classification) examples.forEach(requireTarget);

  const decodeAt = ({ pointer, input }: RawExample) =>
    withinBudget((takePixels) => decodeInput(input, manifest.input, `${pointer}/input`, takePixels));
  const x = stack(await mapWithLimit(examples, decodeAt, signal));
  if (classification) return labelledSupport(x, labels);

  const target = { shape: outputShape(manifest), preprocessing: { kind: 'none' } } as const;
  const decodeTarget = ({ pointer, target: value }: RawExample) =>
    decodeInput({ kind: 'nested', value }, target, `${pointer}/target`);
  return targetSupport(x, stack(await mapWithLimit(examples, decodeTarget, signal)));
}

/**
 * Whether the package can learn from the whole set, joined examples included.
 * @throws InnerloopError `invalid_support_set`, `unlearnable_support_set`
 */
export function checkSupport({ x, outcome }: SupportSet, { inner }: Manifest): void {
  const n = x.shape[0] ?? 0;
  const { minimum, maximum } = inner.examples;
  if (n < minimum || n > maximum) throw invalid('/support', `from ${minimum} to ${maximum} examples`, `${n}`);
  if (outcome.kind !== 'labels') return;
  const ways = outcome.classes.length;
  if (ways === 1) {
    throw new InnerloopError(
      'unlearnable_support_set',
      'Examples of one class alone teach nothing: add another',
      {
        pointer: '/support',
        expected: 'examples of at least 2 classes',
        got: 'one class',
      },
    );
  }
  const bounds = inner.classes;
  if (bounds && (ways < bounds.minimum || ways > bounds.maximum)) {
    throw invalid('/support', `from ${bounds.minimum} to ${bounds.maximum} classes`, `${ways}`);
  }
}

function labelOf({ pointer, label, target }: RawExample): string {
  if (target !== undefined)
    throw invalid(`${pointer}/target`, 'a label: the model tells classes apart', 'a target');
  if (label === undefined) throw invalid(`${pointer}/label`, 'a label', 'none');
  if (label.length === 0 || label.length > MAX_LABEL_LENGTH) {
    throw invalid(
      `${pointer}/label`,
      `a label of 1 to ${MAX_LABEL_LENGTH} characters`,
      `${label.length} characters`,
    );
  }
  return label;
}

function requireTarget({ pointer, label, target }: RawExample): void {
  if (label !== undefined)
    throw invalid(`${pointer}/label`, 'a target: the model predicts numbers', 'a label');
  if (target === undefined) throw invalid(`${pointer}/target`, 'a target', 'none');
}

/** Regression only: its output shape has no symbolic dimension. */
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

import type { Tensor } from '../tensor.ts';
import type { SupportSet } from './support-set.ts';

/** `support_y` of the programs: one-hot rows [N, ways] in class order, or the targets [N, …output]. */
export function encodeOutcome(outcome: SupportSet['outcome']): Tensor {
  return outcome.kind === 'labels' ? oneHot(outcome.labels, outcome.classes) : outcome.targets;
}

/** One-hot rows [N, ways]. @throws RangeError when a label is not among the classes. */
export function oneHot(labels: readonly string[], classes: readonly string[]): Tensor {
  const columns = new Map(classes.map((name, column) => [name, column]));
  const data = new Float32Array(labels.length * classes.length);
  labels.forEach((label, row) => {
    const column = columns.get(label);
    if (column === undefined) throw new RangeError(`Expected a label among ${classes.length} classes`);
    data[row * classes.length + column] = 1;
  });
  return { shape: [labels.length, classes.length], data };
}

/** Examples per label, in class order. */
export function countLabels(labels: readonly string[], classes: readonly string[]): Record<string, number> {
  const counts = new Map(classes.map((name) => [name, 0]));
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Object.fromEntries(counts);
}

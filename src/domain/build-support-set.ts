import { createHash } from 'node:crypto';
import type { Tensor } from '../tensor.ts';
import { classOrder } from './class-order.ts';
import type { SupportSet } from './support-set.ts';

type Outcome = SupportSet['outcome'];

/** The support set of a classification: `labels[n]` names the class of row n of `x` [N, …input]. */
export function labelledSupport(x: Tensor, labels: readonly string[]): SupportSet {
  return supportSet(x, { kind: 'labels', labels, classes: classOrder(labels) });
}

/** The support set of a regression: row n of `targets` [N, …output] belongs to row n of `x` [N, …input]. */
export function targetSupport(x: Tensor, targets: Tensor): SupportSet {
  return supportSet(x, { kind: 'targets', targets });
}

function supportSet(x: Tensor, outcome: Outcome): SupportSet {
  const rows = outcome.kind === 'labels' ? outcome.labels.length : (outcome.targets.shape[0] ?? 0);
  if (x.shape[0] !== rows) throw new RangeError(`Expected ${x.shape[0]} outcomes, got ${rows}`);
  return { x, outcome, digest: digestOf(x, outcome) };
}

/** Examples count in their order: a sum of floats depends on it, and the result must be the same bit for bit. */
function digestOf(x: Tensor, outcome: Outcome): string {
  const hash = createHash('sha256');
  const shapes = [x.shape, outcome.kind === 'labels' ? outcome.labels : outcome.targets.shape];
  hash.update(`${JSON.stringify([outcome.kind, ...shapes])}\n`);
  hash.update(bytes(x));
  if (outcome.kind === 'targets') hash.update(bytes(outcome.targets));
  return `sha256:${hash.digest('hex')}`;
}

function bytes({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

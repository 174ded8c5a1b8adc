import { createHash } from 'node:crypto';
import { joinRows, type Tensor } from '../tensor.ts';
import { classOrder, oneHot } from './class-order.ts';

/**
 * The labelled examples of one adaptation, as the network sees them.
 *
 * Classification: `labels[n]` is the class of row n. `classes` are the distinct labels in code-point order, so the order
 * of the logits does not depend on the order of the examples. Regression: `targets` [N, …output].
 */
export interface SupportSet {
  /** [N, …input] */
  readonly x: Tensor;
  readonly outcome:
    | { readonly kind: 'labels'; readonly labels: readonly string[]; readonly classes: readonly string[] }
    | { readonly kind: 'targets'; readonly targets: Tensor };
  /** `sha256:` over shapes, values and outcomes: equal support sets have equal digests. */
  readonly digest: string;
}

type Outcome = SupportSet['outcome'];

/** A support set for classification: `labels[n]` is the class of row n of `x` [N, …input]. */
export function labelledSupport(x: Tensor, labels: readonly string[]): SupportSet {
  return supportSet(x, { kind: 'labels', labels, classes: classOrder(labels) });
}

/** A support set for regression: row n of `targets` [N, …output] belongs to row n of `x` [N, …input]. */
export function targetSupport(x: Tensor, targets: Tensor): SupportSet {
  return supportSet(x, { kind: 'targets', targets });
}

/** The rows of `base`, then those of `more`. Null when the shapes of rows differ, or when only one of them has labels. */
export function appendSupport(base: SupportSet, more: SupportSet): SupportSet | null {
  const x = joinRows([base.x, more.x]);
  if (!x) return null;
  const [a, b] = [base.outcome, more.outcome];
  if (a.kind === 'labels' && b.kind === 'labels') return labelledSupport(x, [...a.labels, ...b.labels]);
  if (a.kind === 'targets' && b.kind === 'targets') {
    const targets = joinRows([a.targets, b.targets]);
    return targets && targetSupport(x, targets);
  }
  return null;
}

/** `support_y` of the programs: one-hot rows [N, ways] in class order, or the targets [N, …output]. */
export function encodeOutcome(outcome: Outcome): Tensor {
  return outcome.kind === 'labels' ? oneHot(outcome.labels, outcome.classes) : outcome.targets;
}

function supportSet(x: Tensor, outcome: Outcome): SupportSet {
  const rows = outcome.kind === 'labels' ? outcome.labels.length : (outcome.targets.shape[0] ?? 0);
  if (x.shape[0] !== rows) throw new RangeError(`Expected ${x.shape[0]} outcomes, got ${rows}`);
  return { x, outcome, digest: digestOf(x, outcome) };
}

/** The order of examples is part of the digest: sums of floats depend on it, and results must be equal bit for bit. */
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

import { createHash } from 'node:crypto';
import { joinRows, sizeOf, type Tensor } from '../tensor.ts';
import { classOrder, oneHot } from './class-order.ts';
import type { Contents } from './content.ts';
import type { Example } from './example.ts';

/**
 * The labelled examples of one adaptation, in order.
 *
 * Classification: each example has a label, and `classes` are the distinct labels in code-point order, so the order of the
 * logits does not depend on the order of the examples. Regression: each example has a target.
 */
export interface SupportSet {
  readonly examples: readonly Example[];
  readonly outcome: Outcome;
  /** `sha256:` over contents, outcomes and weights: equal support sets have equal digests. */
  readonly digest: string;
  /** [N, …input] of a set that a version before 0.3 stored: the store has these in place of contents. */
  readonly inputs?: Tensor;
}

export type Outcome =
  | { readonly kind: 'labels'; readonly labels: readonly string[]; readonly classes: readonly string[] }
  | { readonly kind: 'targets'; readonly targets: Tensor };

/** A support set with the contents of its examples, except those that an earlier support set of the task has. */
export interface GivenSupport {
  readonly support: SupportSet;
  readonly contents: Contents;
}

/** Digests of the contents that an earlier support set of the task must have. */
export function missingContents({ support, contents }: GivenSupport): readonly string[] {
  if (support.inputs) return [];
  return support.examples.map(({ content }) => content).filter((digest) => !contents.has(digest));
}

/** The form in which stores keep a set. A later set of the task repeats the examples that it shares with an earlier one. */
export interface StoredSupport {
  readonly examples: readonly Example[];
  /** Shape of one target, for regression. */
  readonly targetShape?: readonly number[];
}

/** JSON, in which sets are stored, has no −0. */
function withoutNegativeZeros(example: Example): Example {
  return example.target ? { ...example, target: example.target.map((value) => value + 0) } : example;
}

/** @throws RangeError when examples have no label, or no target of `targetShape` */
export function supportSet({ examples: given, targetShape }: StoredSupport): SupportSet {
  const examples = given.map(withoutNegativeZeros);
  const outcome = targetShape ? targetsOf(examples, targetShape) : labelsOf(examples);
  return { examples, outcome, digest: digestOf(examples, targetShape) };
}

export function storedSupport({ examples, outcome }: SupportSet): StoredSupport {
  if (outcome.kind === 'labels') return { examples };
  return { examples, targetShape: outcome.targets.shape.slice(1) };
}

/** The examples of `base`, then those of `more`. Null when their outcomes differ in kind or shape. */
export function appendSupport(base: SupportSet, more: SupportSet): SupportSet | null {
  const [{ targetShape }, other] = [storedSupport(base), storedSupport(more)];
  if (targetShape?.join() !== other.targetShape?.join()) return null;
  return supportSet({
    examples: [...base.examples, ...more.examples],
    ...(targetShape && { targetShape }),
  });
}

/** `support_y` of the programs: one-hot rows [N, ways] in class order, times their weights, or the targets [N, …output]. */
export function encodeOutcome({ examples, outcome }: Pick<SupportSet, 'examples' | 'outcome'>): Tensor {
  if (outcome.kind === 'targets') return outcome.targets;
  const rows = oneHot(outcome.labels, outcome.classes);
  const ways = outcome.classes.length;
  return {
    ...rows,
    data: rows.data.map((value, i) => value * (examples[Math.floor(i / ways)]?.weight ?? 1)),
  };
}

function labelsOf(examples: readonly Example[]): Outcome {
  const labels = examples.map(({ label }) => {
    if (label === undefined) throw new RangeError('Expected a label for each example');
    return label;
  });
  return { kind: 'labels', labels, classes: classOrder(labels) };
}

function targetsOf(examples: readonly Example[], shape: readonly number[]): Outcome {
  const rows = examples.map(({ target }) => {
    if (target?.length !== sizeOf(shape)) throw new RangeError(`Expected a target of shape [${shape}]`);
    return { shape: [1, ...shape], data: Float32Array.from(target) };
  });
  return { kind: 'targets', targets: joinRows(rows) ?? { shape: [0, ...shape], data: new Float32Array() } };
}

/** The order of examples is part of the digest: sums of floats depend on it, and results must be equal bit for bit. */
function digestOf(examples: readonly Example[], targetShape: readonly number[] | undefined): string {
  const rows = examples.map(({ content, label, target, weight }) => [content, label ?? target, weight]);
  const text = JSON.stringify([2, targetShape ?? null, rows]);
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The digest that versions before 0.3 gave the support set of the inputs `x` [N, …input]. */
export function formerDigestOf(x: Tensor, outcome: Outcome): string {
  const hash = createHash('sha256');
  const shapes = [x.shape, outcome.kind === 'labels' ? outcome.labels : outcome.targets.shape];
  hash.update(`${JSON.stringify([outcome.kind, ...shapes])}\n`);
  for (const { data } of outcome.kind === 'labels' ? [x] : [x, outcome.targets])
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return `sha256:${hash.digest('hex')}`;
}

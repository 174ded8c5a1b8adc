import { finish } from '../../../src/concurrency/slices.ts';
import { rowOf } from '../../../src/domain/trust/assessment.ts';
import type { Confidence } from '../../../src/domain/trust/confidence.ts';
import { comparableRows, nearestDistance, queryRow } from '../../../src/domain/trust/novelty/nearest.ts';
import { energyOf, noveltyOf } from '../../../src/domain/trust/novelty/novelty.ts';
import { rarityOf } from '../../../src/domain/trust/novelty/rarity.ts';
import { reportOf } from '../../../src/domain/trust/report/report-of.ts';
import { softmax } from '../../../src/domain/trust/softmax.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { priorsOf } from '../../../src/service/trust/priors.ts';
import { joinRows, type Tensor, tensor } from '../../../src/tensor.ts';
import type { EpisodeSource, Examples } from '../../../src/training/datasets/dataset.ts';
import type { Random } from '../../../src/training/random.ts';
import type { SimulatedTask } from '../simulate.ts';

/** Rows of inputs that belong to no class of a task [count, …input]. */
export type Unknowns = (random: Random, count: number) => Tensor;

/** How a query was answered, and what the scores of novelty say of it. High scores are novel. */
export interface JudgedQuery {
  /** Number of its class; null if it has none. */
  readonly given: number | null;
  /** In class order, at the temperature of the task. */
  readonly probabilities: Float64Array;
  readonly novelty: number;
  /** 1 − maximum of softmax. */
  readonly uncertainty: number;
  readonly energy: number;
  readonly distance: number;
}

/** Tasks of `source` whose queries are followed by as many inputs of no class: rows of zeros in y. */
export function withUnknowns(source: EpisodeSource, unknowns: Unknowns): EpisodeSource {
  return {
    ...source,
    sample(random, shape) {
      const { support, query } = source.sample(random, shape);
      const count = query.x.shape[0] ?? 0;
      return { support, query: followed(query, unknowns(random.fork('unknown'), count)) };
    },
  };
}

/** Tasks of `source` whose queries are followed by as many of `others` other classes of it. */
export function withOtherClasses(source: EpisodeSource, others: number): EpisodeSource {
  return {
    ...source,
    sample(random, shape) {
      const { ways } = shape;
      const whole = source.sample(random, { ...shape, ways: ways + others });
      const support = ofClasses(whole.support, ways, (given) => given < ways);
      const query = ofClasses(whole.query, ways, (given) => given < ways);
      const rest = ofClasses(whole.query, ways, (given) => given >= ways).x;
      return { support, query: followed(query, rest) };
    },
  };
}

/** Queries of classes that belong to another source. */
export function classesOfAnother(source: EpisodeSource, ways: number): Unknowns {
  return (random, count) =>
    source.sample(random, { ways, shots: 1, queries: Math.ceil(count / ways) }).query.x;
}

export interface JudgedTask {
  readonly queries: readonly JudgedQuery[];
  readonly confidence: Confidence;
}

/** The queries of a task with two shots or more, judged as the service does. */
export function judged(
  task: Pick<SimulatedTask, 'assessment' | 'episode' | 'queries'>,
  { manifest }: Package,
): JudgedTask {
  const priors = priorsOf(manifest);
  const report = finish(reportOf(task.assessment, priors));
  const { confidence, calibration } = report;
  if (!confidence || !calibration) throw new RangeError('Expected two examples of each label or more');
  const { x, y } = task.episode.query;
  const references = comparableRows(task.assessment.x, priors.metric);
  const queries = task.queries.map(({ logits, given }, row): JudgedQuery => {
    const scores = {
      distance: nearestDistance(queryRow(x, row), references),
      energy: energyOf(logits),
      rarity: priors.rarities && rarityOf(rowOf(x, row), priors.rarities),
    };
    const probabilities = softmax(logits, logits.length, calibration.temperature);
    return {
      ...scores,
      given: rowOf(y, row)[given] === 1 ? given : null,
      probabilities,
      novelty: noveltyOf(scores, confidence.novelty),
      uncertainty: 1 - Math.max(...probabilities),
    };
  });
  return { queries, confidence };
}

/** Area under the ROC curve: the probability that a positive scores higher than a negative; half of it if they are equal. */
export function auroc(positives: readonly number[], negatives: readonly number[]): number {
  const all = [
    ...positives.map((score) => ({ score, isPositive: true })),
    ...negatives.map((score) => ({ score, isPositive: false })),
  ].toSorted((a, b) => a.score - b.score);
  let [won, below] = [0, 0];
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (all[to]?.score === all[from]?.score && to < all.length) to++;
    const equal = all.slice(from, to);
    const positive = equal.filter(({ isPositive }) => isPositive).length;
    const negative = equal.length - positive;
    won += positive * (below + negative / 2);
    below += negative;
    from = to;
  }
  return won / (positives.length * negatives.length);
}

function followed(query: Examples, unknown: Tensor): Examples {
  const [, ways = 0] = query.y.shape;
  const count = unknown.shape[0] ?? 0;
  const none = tensor([count, ways], new Float32Array(count * ways));
  return { x: joinRows([query.x, unknown]) ?? query.x, y: joinRows([query.y, none]) ?? query.y };
}

function ofClasses({ x, y }: Examples, ways: number, isChosen: (given: number) => boolean): Examples {
  const [rows = 0] = y.shape;
  const chosen = Array.from({ length: rows }, (_, row) => row).filter((row) =>
    isChosen(rowOf(y, row).indexOf(1)),
  );
  const at = (all: Tensor, width: number) => {
    const data = new Float32Array(chosen.length * width);
    for (const [i, row] of chosen.entries()) data.set(rowOf(all, row).subarray(0, width), i * width);
    return data;
  };
  const size = x.data.length / rows;
  return {
    x: tensor([chosen.length, ...x.shape.slice(1)], at(x, size)),
    y: tensor([chosen.length, ways], at(y, ways)),
  };
}

import type { Slices } from '../../concurrency/slices.ts';
import { rowsAt, type Tensor } from '../../tensor.ts';
import type { SupportSet } from '../support-set.ts';
import { type Assessment, rowOf } from './assessment.ts';
import { comparableRows, distancesTo, type Metric, queryRow } from './novelty/nearest.ts';
import {
  energyOf,
  type NoveltyScale,
  type NoveltyScores,
  noveltyOf,
  noveltyScale,
} from './novelty/novelty.ts';
import { rarityOf } from './novelty/rarity.ts';
import { evenly, referenceRows } from './novelty/reference-rows.ts';
import { certaintyOf } from './novelty/rejection.ts';
import type { Neighbours } from './report/neighbours.ts';
import { softmax } from './softmax.ts';

/**
 * The confidence of an adaptation in its answers for examples from which it did not learn. The record stores it, and
 * predictions are compared with it.
 */
export interface Confidence {
  readonly novelty: NoveltyScale;
  /** Certainties of left-out examples, ascending; see `certaintyOf`. Empty for regression. */
  readonly certainties: readonly number[];
  /** 1 − probability of the right label of left-out examples, ascending. Empty for regression. */
  readonly scores: readonly number[];
}

/** More values than this are thinned out evenly. */
const MOST_KEPT = 100;

/** Null with one example of each label, which leaves nothing to compare with. */
export function* confidenceOf(
  { support, x, tested, outOfFold }: Assessment,
  temperature: number,
  { metric, neighbours, rarities }: Comparison,
): Slices<Confidence | null> {
  const rows = referenceRows(support.examples.length);
  const { outcome } = support;
  const isClassification = outcome.kind === 'labels';
  const chosen = evenly(tested.length, MOST_KEPT).map((i) => tested[i] as number);
  const distances = isCompared(neighbours, [...rows, ...chosen])
    ? neighbours.distance
    : distancesBetween(x, rows, metric);
  const measured: NoveltyScores[] = [];
  for (const row of chosen) {
    yield;
    const others = rows.filter((other) => isOtherContent(support, row, other));
    measured.push({
      distance: others.reduce(
        (least, other) => Math.min(least, distances(row, other)),
        Number.POSITIVE_INFINITY,
      ),
      energy: isClassification ? energyOf(rowOf(outOfFold, row)) : null,
      rarity: rarities && rarityOf(rowOf(x, row), rarities),
    });
  }
  const usable = chosen.map((row, i) => ({ row, scores: measured[i] as NoveltyScores }));
  const finite = usable.filter(({ scores }) => Number.isFinite(scores.distance));
  const scale = noveltyScale(finite.map(({ scores }) => scores));
  if (!scale) return null;
  if (!isClassification) return { novelty: scale, certainties: [], scores: [] };
  const answers = finite.map(({ row, scores }) => {
    const probabilities = softmax(rowOf(outOfFold, row), outcome.classes.length, temperature);
    const right = outcome.classes.indexOf(outcome.labels[row] ?? '');
    const sure = { best: Math.max(...probabilities), novelty: noveltyOf(scores, scale) };
    return { certainty: certaintyOf(sure), score: 1 - (probabilities[right] ?? 0) };
  });
  return {
    novelty: scale,
    certainties: ascending(answers.map(({ certainty }) => certainty)),
    scores: ascending(answers.map(({ score }) => score)),
  };
}

/** How rows are compared, and the distances between those that the report has compared already. */
export interface Comparison {
  readonly metric: Metric;
  readonly neighbours: Neighbours;
  /** How rare each feature is; see `rarityOf`. Null if the package does not know. */
  readonly rarities: Uint8Array | null;
}

function isCompared({ rows }: Neighbours, wanted: readonly number[]): boolean {
  const known = new Set(rows);
  return wanted.every((row) => known.has(row));
}

/** Distances of rows to rows of `to`, by number. The distances of a row are computed when they are first needed. */
function distancesBetween(x: Tensor, to: readonly number[], metric: Metric): Neighbours['distance'] {
  const references = comparableRows(rowsAt(x, to), metric);
  const places = new Map(to.map((row, i) => [row, i]));
  const computed = new Map<number, Float64Array>();
  return (a, b) => {
    const own = computed.get(a) ?? distancesTo(queryRow(x, a), references);
    computed.set(a, own);
    return own[places.get(b) ?? 0] ?? 0;
  };
}

/** Leave out copies of an example: they would make it look known. */
const isOtherContent = ({ examples }: SupportSet, a: number, b: number) =>
  a !== b && examples[a]?.content !== examples[b]?.content;

const ascending = (values: readonly number[]) =>
  values.map((value) => Math.round(value * 1e6) / 1e6).toSorted((a, b) => a - b);

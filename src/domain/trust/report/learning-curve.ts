import type { CurvePoint } from '../assessment.ts';
import { isRight, type Outcome } from './accuracy.ts';
import type { Advice } from './report.ts';

/** Errors fall as a · shots^−b. */
export interface LearningCurve {
  readonly exponent: number;
}

/** A usual exponent of few-shot classification, and how far others deviate from it. Few points change it little. */
const PRIOR = { exponent: 0.3, deviation: 0.2 };

/**
 * Fits log error = log a − b log shots, weighted by the information of each point, with a normal prior on b.
 * @see Hestness et al., Deep Learning Scaling is Predictable, Empirically, https://arxiv.org/abs/1712.00409, eq. 1
 */
export function fitLearningCurve(points: readonly CurvePoint[]): LearningCurve {
  const logs = points.map(({ shots, right, n }) => {
    const error = (n - right + 0.5) / (n + 1);
    // The variance of the logarithm of a share p of n is (1 − p) / (n p).
    return { x: Math.log(shots), y: Math.log(error), weight: (n * error) / (1 - error) };
  });
  const total = sum(logs.map(({ weight }) => weight));
  const mean = (value: 'x' | 'y') => sum(logs.map((each) => each.weight * each[value])) / total;
  const [x, y] = total > 0 ? [mean('x'), mean('y')] : [0, 0];
  const covariance = sum(logs.map((each) => each.weight * (each.x - x) * (each.y - y)));
  const variance = sum(logs.map((each) => each.weight * (each.x - x) ** 2));
  const precision = 1 / PRIOR.deviation ** 2;
  const exponent = (PRIOR.exponent * precision - covariance) / (precision + variance);
  return { exponent: Math.min(1, Math.max(0, exponent)) };
}

/** Advice that adds less is not given. */
const MIN_GAIN = 0.005;
const MAX_ADVICE = 3;

/**
 * Which labels need examples, and how much the accuracy would rise with twice as many examples of the label. Half of each
 * error counts for the given label, half for the predicted one. Labels that could not be tested come first.
 */
export function adviceOf(
  outcomes: readonly Outcome[],
  classes: readonly string[],
  /** Examples by label. */
  counts: Readonly<Record<string, number>>,
  { exponent }: LearningCurve,
): readonly Advice[] {
  const tested = new Set(outcomes.map(({ given }) => given));
  const errors = classes.map(() => 0);
  for (const { given, predicted } of outcomes.filter((each) => !isRight(each)))
    for (const part of [given, predicted]) errors[part] = (errors[part] ?? 0) + 0.5;
  const fewer = 1 - 2 ** -exponent;
  const advice = classes.map((label, i): Advice => {
    const examples = counts[label] ?? 1;
    if (!tested.has(i)) return { label, examples: 1, gain: null };
    return { label, examples, gain: ((errors[i] ?? 0) / outcomes.length) * fewer };
  });
  return advice
    .filter(({ gain }) => gain === null || gain >= MIN_GAIN)
    .sort((a, b) => (b.gain ?? 1) - (a.gain ?? 1))
    .slice(0, MAX_ADVICE);
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

import type { Slices } from '../../concurrency/slices.ts';
import { tensor } from '../../tensor.ts';
import { type Assessment, rowOf } from './assessment.ts';
import { calibrationBins } from './calibration-error.ts';
import type { Outcome } from './report/accuracy.ts';
import type { CalibrationError } from './report/report.ts';
import { softmax } from './softmax.ts';

/** Logits of one left-out example, and the number of its class. */
export interface Labelled {
  readonly logits: ArrayLike<number>;
  readonly given: number;
}

export function labelledLogits(
  { outOfFold }: Pick<Assessment, 'outOfFold'>,
  outcomes: readonly Outcome[],
): readonly Labelled[] {
  return outcomes.map(({ row, given }) => ({ logits: rowOf(outOfFold, row), given }));
}

/** Deviation of log T from the prior between the data sets of the bench, with two or more examples of each label. */
const PRIOR_DEVIATION = 0.1;
/** A temperature that was fitted with `shots` examples of each label. */
export interface KnownTemperature {
  readonly shots: number;
  readonly value: number;
}

/** The temperature for `shots` examples of each label: linear in logarithms between those that are known. 1 if none is. */
export function temperatureAt(known: readonly KnownTemperature[], shots: number): number {
  const below = known.findLast((each) => each.shots <= shots) ?? known[0];
  const above = known.find((each) => each.shots >= shots) ?? known.at(-1);
  if (!below || !above) return 1;
  if (below.shots >= above.shots) return below.value;
  const share = Math.log(shots / below.shots) / Math.log(above.shots / below.shots);
  return below.value * (above.value / below.value) ** share;
}

/** Largest distance of log T from log `prior`. */
const WIDEST = Math.log(20);
const TOLERANCE = 1e-4;

/**
 * The temperature T that divides logits: the maximum a posteriori of log T under the likelihood of left-out examples and a normal
 * prior around log `prior`. So few examples change it little. Without examples it is `prior`.
 * @see Guo, Pleiss, Sun & Weinberger, ICML 2017, https://arxiv.org/abs/1706.04599, §4.2; the prior is ours
 */
export function* fitTemperature(examples: readonly Labelled[], prior: number): Slices<number> {
  if (examples.length === 0) return prior;
  const cost = (offset: number) =>
    examples.length * negativeLogLikelihood(examples, prior * Math.exp(offset)) +
    offset ** 2 / (2 * PRIOR_DEVIATION ** 2);
  return prior * Math.exp(yield* minimum(cost, -WIDEST, WIDEST));
}

/** Mean of −log p(given label) at temperature T. */
export function negativeLogLikelihood(examples: readonly Labelled[], temperature: number): number {
  const sum = examples.reduce((total, { logits, given }) => {
    let max = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i] as number);
    let powers = 0;
    for (let i = 0; i < logits.length; i++) powers += Math.exp(((logits[i] as number) - max) / temperature);
    return total + Math.log(powers) - ((logits[given] as number) - max) / temperature;
  }, 0);
  return sum / examples.length;
}

export function calibrationError(
  examples: readonly Labelled[],
  temperature: number,
): CalibrationError | null {
  if (examples.length === 0) return null;
  const bins = calibrationBins();
  for (const { logits, given } of examples) {
    const ways = logits.length;
    const row = Float32Array.from(logits, (each) => each / temperature);
    const y = new Float32Array(ways);
    y[given] = 1;
    bins.add({ shape: [1, ways], data: row }, tensor([1, ways], y));
  }
  return { ece: bins.error(), nll: negativeLogLikelihood(examples, temperature) };
}

/** Probabilities of a row of logits. */
export const probabilitiesOf = ({ logits }: Labelled, temperature: number): Float64Array =>
  softmax(logits, logits.length, temperature);

/** Golden-section search of a function with one minimum. */
function* minimum(cost: (x: number) => number, from: number, to: number): Slices<number> {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [from, to];
  let [c, d] = [b - ratio * (b - a), a + ratio * (b - a)];
  let [atC, atD] = [cost(c), cost(d)];
  while (b - a > TOLERANCE) {
    yield;
    if (atC <= atD) {
      [b, d, atD] = [d, c, atC];
      c = b - ratio * (b - a);
      atC = cost(c);
    } else {
      [a, c, atC] = [c, d, atD];
      d = a + ratio * (b - a);
      atD = cost(d);
    }
  }
  return (a + b) / 2;
}

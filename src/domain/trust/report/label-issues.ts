import type { SupportSet } from '../../support-set.ts';
import { likeliest } from '../softmax.ts';
import type { Outcome } from './accuracy.ts';
import { isRight } from './accuracy.ts';
import type { Suspect } from './report.ts';

/** A left-out example with its out-of-fold probabilities in class order. */
export interface Judged extends Outcome {
  readonly probabilities: ArrayLike<number>;
}

/**
 * Finds examples whose label the other examples contradict, by confident learning. The threshold of a label is the mean
 * probability that its own examples give to it. Among the labels whose probability for an example reaches their threshold, the
 * most probable one is taken. If it is not the given label, the example is an issue. The score is the probability of the given
 * label.
 * @see Northcutt, Jiang & Chuang, JAIR 70, 2021, https://arxiv.org/abs/1911.00068, eq. 1–2 (confident joint)
 */
export function labelIssues(
  { examples }: Pick<SupportSet, 'examples'>,
  classes: readonly string[],
  judged: readonly Judged[],
): readonly Suspect[] {
  const thresholds = thresholdsOf(classes.length, judged);
  return judged.flatMap(({ row, given, probabilities }) => {
    const confident = Array.from(probabilities, (each, i) =>
      each >= (thresholds[i] as number) ? each : Number.NEGATIVE_INFINITY,
    );
    const counted = likeliest(confident);
    const example = examples[row];
    if (counted === given || confident[counted] === Number.NEGATIVE_INFINITY || !example) return [];
    const [score, suggested] = [probabilities[given] ?? 0, classes[counted] ?? ''];
    return [{ issue: 'label', example: example.id, position: row, score, suggested }];
  });
}

/** By class: the mean self-confidence of its left-out examples. A class without any is confident at one half. */
function thresholdsOf(ways: number, judged: readonly Judged[]): readonly number[] {
  const [sums, counts] = [new Float64Array(ways), new Float64Array(ways)];
  for (const { given, probabilities } of judged) {
    sums[given] = (sums[given] as number) + (probabilities[given] ?? 0);
    counts[given] = (counts[given] as number) + 1;
  }
  return Array.from(sums, (sum, i) => ((counts[i] as number) > 0 ? sum / (counts[i] as number) : 0.5));
}

/** A pair is judged only with this many left-out examples of each label. */
const MIN_OF_PAIR = 3;
/** Two labels count as one if the model separates at most this share of their examples. Guessing reaches 0.5. */
const MAX_SEPARABILITY = 0.65;

/** Pairs of labels whose examples the model hardly separates. Other labels do not count. */
export function labelPairs(classes: readonly string[], judged: readonly Judged[]): readonly Suspect[] {
  const byClass = classes.map((_, i) => judged.filter(({ given }) => given === i));
  const confused = new Set(
    judged.filter((each) => !isRight(each)).map(({ given, predicted }) => [given, predicted].sort().join()),
  );
  return [...confused].flatMap((pair) => {
    const [a = 0, b = 0] = pair.split(',').map(Number);
    const [ofA = [], ofB = []] = [byClass[a], byClass[b]];
    if (Math.min(ofA.length, ofB.length) < MIN_OF_PAIR) return [];
    // The mean of both, because the larger label alone must not decide.
    const score = (separability(ofA, a, b) + separability(ofB, b, a)) / 2;
    if (score > MAX_SEPARABILITY) return [];
    const labels: [string, string] = [classes[Math.min(a, b)] ?? '', classes[Math.max(a, b)] ?? ''];
    return [{ issue: 'label_pair', example: null, position: null, score, labels }];
  });
}

function separability(judged: readonly Judged[], own: number, other: number): number {
  const right = judged.filter(({ probabilities: p }) => (p[own] ?? 0) > (p[other] ?? 0));
  return right.length / judged.length;
}

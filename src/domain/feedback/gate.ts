import { type Assessment, rowOf } from '../trust/assessment.ts';

/** Whether a candidate answers in place of the current adaptation, and why. */
export interface Gate {
  /** `held`: it is worse on the examples that both have, so the current adaptation stays. */
  readonly decision: 'passed' | 'held' | 'not_enough_data';
  /** Examples that both have with the same answer, and that both predicted without having learnt from them. */
  readonly n: number;
  /** Of these, those that only the candidate got right (for numbers: closer), and those that only the current one did. */
  readonly better: number;
  readonly worse: number;
  /** p-value of the one-sided test that the candidate is worse; null without enough data. */
  readonly pValue: number | null;
}

/** With fewer shared examples, no difference can be shown. */
const FEWEST = 10;
/** The risk of holding back a candidate that is as good. */
const LEVEL = 0.05;

export const NOT_COMPARED: Gate = Object.freeze({
  decision: 'not_enough_data',
  n: 0,
  better: 0,
  worse: 0,
  pValue: null,
});

/**
 * Compares out-of-fold answers to the examples with the same content and label in both. Only labels that both have are
 * compared, so a new label alone never holds a candidate back. For numbers, the smaller squared error is better.
 *
 * The test is the exact one of McNemar: if both were equally good, `worse` would be binomial (better + worse, ½).
 * @see McNemar, Psychometrika 12, 1947; exact: Mosteller, Biometrics 8, 1952
 */
export function gateOf(candidate: Assessment, current: Assessment): Gate {
  const [mine, theirs] = [answersOf(candidate, current), answersOf(current, candidate)];
  let [n, better, worse] = [0, 0, 0];
  for (const [key, error] of mine) {
    const other = theirs.get(key);
    if (other === undefined) continue;
    n++;
    if (error < other) better++;
    if (error > other) worse++;
  }
  if (n < FEWEST) return { decision: 'not_enough_data', n, better, worse, pValue: null };
  const pValue = atLeast(worse, better + worse);
  return { decision: pValue <= LEVEL ? 'held' : 'passed', n, better, worse, pValue };
}

/** P(X ≥ k) of a binomial X (n, ½). Sums from the smallest term, in logarithms, so that no term overflows. */
export function atLeast(k: number, n: number): number {
  let logChoose = 0;
  let sum = 0;
  for (let i = n; i >= k; i--) {
    sum += Math.exp(logChoose - n * Math.LN2);
    logChoose += Math.log(i) - Math.log(n - i + 1);
  }
  return Math.min(1, sum);
}

/** The error of each tested example, by content and answer: 0 or 1 for labels, the squared error for targets. */
function answersOf(assessed: Assessment, other: Assessment): ReadonlyMap<string, number> {
  const { support, tested, outOfFold } = assessed;
  const { outcome } = support;
  const found = new Map<string, number>();
  for (const row of tested) {
    const example = support.examples[row];
    if (!example) continue;
    const key = JSON.stringify([example.content, example.label ?? example.target]);
    const answer = rowOf(outOfFold, row);
    if (outcome.kind === 'targets') {
      const target = rowOf(outcome.targets, row);
      const error = answer.reduce((sum, value, i) => sum + (value - (target[i] ?? 0)) ** 2, 0);
      if (!found.has(key)) found.set(key, error);
    } else if (other.support.outcome.kind === 'labels') {
      const shared = new Set(other.support.outcome.classes);
      const label = likeliestOf(answer, outcome.classes, shared);
      if (!found.has(key)) found.set(key, label === example.label ? 0 : 1);
    }
  }
  return found;
}

function likeliestOf(
  logits: Float32Array,
  classes: readonly string[],
  among: ReadonlySet<string>,
): string | null {
  let [best, most]: [string | null, number] = [null, Number.NEGATIVE_INFINITY];
  classes.forEach((label, i) => {
    const logit = logits[i] ?? Number.NEGATIVE_INFINITY;
    if (among.has(label) && logit > most) [best, most] = [label, logit];
  });
  return best;
}

import type { Accuracy, Note, RegressionError } from './report.ts';

/** Sentences of a report. Numbers are rounded, so that they do not look more exact than they are. */

export function accuracyInWords({
  estimate,
  interval: [low, high],
  n,
}: Omit<Accuracy, 'says' | 'method'>): string {
  const right = Math.round(estimate * n);
  return `Right for ${right} of ${count(n, 'example')} that it had not learnt from: on new inputs like them, between ${percent(low)} and ${percent(high)} right (95 % interval).`;
}

export function errorInWords({
  estimate,
  interval: [low, high],
  r2,
  n,
}: Omit<RegressionError, 'says'>): string {
  const explained = r2 === null ? '' : ` This explains ${percent(Math.max(0, r2))} of their variance.`;
  return `Off by ${digits(estimate)} (root mean square) for ${count(n, 'example')} that it had not learnt from: on new inputs like them, between ${digits(low)} and ${digits(high)} (95 % interval).${explained}`;
}

/** Labels that a note names; it counts the others. */
const MAX_NAMED = 5;

export function tooSmall(labels: readonly string[]): Note {
  const verb = labels.length === 1 ? 'has' : 'have';
  return {
    code: 'label_too_small',
    detail: `${named(labels)} ${verb} one example, so its recall cannot be estimated. Add a second example.`,
  };
}

export function oneShotLess(shots: number): Note {
  return {
    code: 'one_shot_less',
    detail: `Some labels have only ${shots} examples. The runs of the report learnt from one example fewer, so the adaptation to all of them is probably better than the estimate.`,
  };
}

export const noEstimate: Note = {
  code: 'no_estimate',
  detail:
    'With one example of each label, no example can be left out, so the quality cannot be estimated. Add a second example of each label.',
};

export const noRegressionEstimate: Note = {
  code: 'no_estimate',
  detail: 'The error cannot be estimated from fewer than three different examples.',
};

export const noBetterThanMajority: Note = {
  code: 'no_better_than_majority',
  detail:
    'The estimate is not higher than that of a rule that always answers the label with the most examples.',
};

export function sampled(rows: number): Note {
  return {
    code: 'sampled',
    detail: `Nearest neighbours and near duplicates were searched among ${rows} of the examples only.`,
  };
}

function named(labels: readonly string[]): string {
  const rest = labels.length - MAX_NAMED;
  const quoted = labels.slice(0, MAX_NAMED).map((each) => JSON.stringify(each));
  return rest > 0 ? `${quoted.join(', ')} and ${rest} more` : quoted.join(', ');
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
const percent = (share: number): string => `${Math.round(100 * share)} %`;
const digits = (value: number): string => String(Number(value.toPrecision(2)));

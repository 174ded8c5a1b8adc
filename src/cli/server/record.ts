import type { Adaptation } from '../../client/index.ts';
import { counted } from '../display/output.ts';
import { formatDuration } from '../display/progress.ts';

/** The members of an adaptation that the command line reads. */
export interface AdaptationRecord {
  readonly id: string;
  readonly task: string;
  readonly model: string;
  readonly status: Adaptation['status'];
  readonly support: { readonly examples: number; readonly labels?: Readonly<Record<string, number>> };
  readonly progress: { readonly step: number; readonly steps: number };
  readonly timings: { readonly runMs: number | null };
  readonly warnings: readonly { readonly detail: string }[];
  readonly error: { readonly message: string } | null;
  /** Servers before 0.3 have none; null until it is computed. */
  readonly report?: { readonly accuracy?: Estimate | null; readonly error?: Estimate | null } | null;
}

interface Estimate {
  readonly estimate: number;
  readonly interval?: readonly number[] | null;
}

/** `Learned 3 labels from 15 photos in 40 ms`, and the estimated accuracy or error if the record has one. */
export function wordsOf({ support, timings, report, task, model }: AdaptationRecord, noun: string): string {
  const { labels, examples } = support;
  const what = labels === undefined ? '' : ` ${counted(Object.keys(labels).length, 'label')}`;
  const time = timings.runMs === null ? '' : ` in ${shortTime(timings.runMs)}`;
  const { accuracy, error } = report ?? {};
  return [
    `Learned${what} from ${counted(examples, noun)}${time}`,
    ...(accuracy ? [`Estimated accuracy on new ones: ${estimateWords(accuracy, percent)}`] : []),
    // The error has the unit of the targets. The record does not name it.
    ...(error
      ? [`Estimated error (root mean square) on new ones: ${estimateWords(error, threeDigits)}`]
      : []),
    `Task ${task} uses ${model}. Ask it: innerloop predict --task ${task} <file>`,
  ].join('\n');
}

function estimateWords({ estimate, interval }: Estimate, words: (value: number) => string): string {
  const range = interval ? ` (95 % interval: ${interval.map(words).join(' to ')})` : '';
  return `${words(estimate)}${range}`;
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
/** `toPrecision` alone would write 1234 as 1.23e+3. */
const threeDigits = (value: number) => `${Number(value.toPrecision(3))}`;
const shortTime = (ms: number) => (ms < 1000 ? `${Math.round(ms)} ms` : formatDuration(ms));

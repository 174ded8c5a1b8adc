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
  readonly report?: { readonly accuracy?: Estimate | null } | null;
}

interface Estimate {
  readonly estimate: number;
  readonly interval?: readonly number[] | null;
}

/** `Learned 3 labels from 15 photos in 40 ms`, and the estimated accuracy if the record has one. */
export function wordsOf({ support, timings, report, task, model }: AdaptationRecord, noun: string): string {
  const { labels, examples } = support;
  const what = labels === undefined ? '' : ` ${counted(Object.keys(labels).length, 'label')}`;
  const time = timings.runMs === null ? '' : ` in ${shortTime(timings.runMs)}`;
  const accuracy = report?.accuracy;
  return [
    `Learned${what} from ${counted(examples, noun)}${time}`,
    ...(accuracy ? [`Estimated accuracy on new ones: ${accuracyWords(accuracy)}`] : []),
    `Task ${task} uses ${model}. Ask it: innerloop predict --task ${task} <file>`,
  ].join('\n');
}

function accuracyWords({ estimate, interval }: Estimate): string {
  const range = interval ? ` (95 % interval: ${interval.map(percent).join(' to ')})` : '';
  return `${percent(estimate)}${range}`;
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
const shortTime = (ms: number) => (ms < 1000 ? `${Math.round(ms)} ms` : formatDuration(ms));

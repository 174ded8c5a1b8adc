import { InnerloopError } from '../errors.ts';
import type { DatasetRecipe } from '../training/datasets/catalogue.ts';

/** `5,20` → [5, 20]. @throws InnerloopError `invalid_request` for any other text than whole numbers from `least`. */
export function integers(option: string, text: string, least: number): readonly number[] {
  return text.split(',').map((part) => {
    const value = Number(part);
    if (part.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw invalid(`Expected --${option} to be whole numbers from ${least}, such as 1,5; got "${text}"`);
  });
}

/** One whole number. @throws InnerloopError `invalid_request` */
export function integer(option: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw invalid(`Expected --${option} to be one whole number ${range}, got "${text}"`);
}

/** The largest accepted number of threads. Threads beyond the number of cores only take memory. */
const MAX_THREADS = 256;

export const threadsOf = (given: string | undefined, preset: number): number =>
  given === undefined ? preset : integer('threads', given, 1, MAX_THREADS);

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/;

/** `90d` from `now`, or a date: `2027-01-31`, midnight UTC, or with a time and its zone. @throws `invalid_request` */
export function expiryOf(text: string, now: Date): Date {
  const days = /^([1-9]\d{0,4})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(now.getTime() + Number(days) * DAY_MS);
  const date = new Date(text);
  // JavaScript reads 31 February as 3 March.
  if (DATE.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(date.getTime())) return date;
  throw invalid(`Expected --expires to be days such as 90d, or a date such as 2027-01-31, got "${text}"`);
}

function isDay(text: string): boolean {
  const day = new Date(text);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/**
 * The recipe's dataset, with `path` in place of the recipe's path if it is given: the data can be in another folder on
 * each machine.
 */
export function withDataset(dataset: DatasetRecipe, path: string | undefined): DatasetRecipe {
  if (path === undefined) return dataset;
  if ('path' in dataset) return { ...dataset, path };
  if ('paths' in dataset) return { ...dataset, paths: path.split(',') };
  throw invalid(`Expected no --dataset, since ${dataset.name} reads no files`);
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);

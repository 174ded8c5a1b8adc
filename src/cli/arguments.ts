import type { ArgsDef } from 'citty';
import { InnerloopError } from '../errors.ts';
import type { DatasetRecipe } from '../training/datasets/catalogue.ts';

/** `5,20` → [5, 20]. @throws InnerloopError `invalid_request` for anything but whole numbers from `least`. */
export function integers(option: string, text: string, least: number): readonly number[] {
  return text.split(',').map((part) => {
    const value = Number(part);
    if (part.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw invalid(`Expected --${option} to be whole numbers from ${least}, got "${text}"`);
  });
}

/** As `integers`, for an option that takes one. */
export function integer(option: string, text: string, least: number): number {
  const [value, ...more] = integers(option, text, least);
  if (value !== undefined && more.length === 0) return value;
  throw invalid(`Expected --${option} to be one number, got "${text}"`);
}

/** The parser lets anything pass; an option misspelt must not silently become its default. */
export function refuseUnknown(
  args: Readonly<Record<string, unknown>> & { _: string[] },
  known: ArgsDef,
): void {
  const unknown = Object.keys(args).find((name) => name !== '_' && !(name in known));
  if (unknown !== undefined) throw invalid(`Unknown option --${unknown}; see --help`);
  const positionals = Object.values(known).filter(({ type }) => type === 'positional').length;
  const extra = args._[positionals];
  if (extra !== undefined) throw invalid(`Expected ${positionals} argument, got "${extra}" too`);
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/;

/** `90d` from `now`, or a date: `2027-01-31`, midnight UTC, or with a time and its zone. @throws `invalid_request` */
export function expiryOf(text: string, now: Date): Date {
  const days = /^([1-9]\d{0,4})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(now.getTime() + Number(days) * DAY_MS);
  const date = new Date(text);
  // The 31st of a short month is read as a day of the next.
  if (DATE.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(date.getTime())) return date;
  throw invalid(`Expected --expires to be days such as 90d, or a date such as 2027-01-31, got "${text}"`);
}

function isDay(text: string): boolean {
  const day = new Date(text);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** The recipe's dataset, read from `path` where one is given: data lies elsewhere on every machine. */
export function withDataset(dataset: DatasetRecipe, path: string | undefined): DatasetRecipe {
  if (path === undefined) return dataset;
  if ('path' in dataset) return { ...dataset, path };
  throw invalid(`Expected no --dataset, since ${dataset.name} reads no files`);
}

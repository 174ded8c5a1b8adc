import type { Cell } from './row.ts';

/** Which number comes first in `3/4/2025`. */
export type DateOrder = 'day' | 'month';

const ISO = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(.*))?$/;
const LOCAL = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T, ]+(.*))?$/;
const TIME = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:\s*([AaPp])[Mm])?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/** A point in time as its own calendar shows it: the zone is not converted, so that 9 o'clock stays 9 o'clock. */
export interface Moment {
  /** Since 2000-01-01, with the part of the day that has passed. */
  readonly days: number;
  /** 0 … 24; null for a date without a time. */
  readonly hour: number | null;
}

const MS_PER_DAY = 86_400_000;
const EPOCH = Date.UTC(2000, 0, 1);

/** The date in a text; null if there is none. */
export function momentOf(cell: Cell, order: DateOrder): Moment | null {
  if (typeof cell !== 'string' || cell.length > 40) return null;
  const text = cell.trim();
  const iso = ISO.exec(text);
  const local = iso ? null : LOCAL.exec(text);
  const found = iso ?? local;
  if (!found) return null;
  const [, a = '', b = '', c = '', time] = found;
  const [year, month, day] = iso ? [a, b, c] : order === 'day' ? [c, b, a] : [c, a, b];
  const hour = time === undefined || time === '' ? null : hourOf(time);
  if (hour === undefined) return null;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  return { days: (date.getTime() - EPOCH) / MS_PER_DAY + (hour ?? 0) / 24, hour };
}

/** The hour with its fraction; undefined if the text is not a time. */
function hourOf(text: string): number | undefined {
  const [found, hours, minutes, seconds = 0, half] = TIME.exec(text.trim()) ?? [];
  if (found === undefined || Number(hours) > 24 || Number(minutes) > 59 || Number(seconds) > 59)
    return undefined;
  const shift = half === undefined ? 0 : (/[Pp]/.test(half) ? 12 : 0) - (Number(hours) === 12 ? 12 : 0);
  return Number(hours) + shift + Number(minutes) / 60 + Number(seconds) / 3600;
}

/** The order that most of these dates allow; if both do equally, the day comes first. */
export function dateOrderOf(cells: readonly Cell[]): DateOrder {
  const count = (order: DateOrder) => cells.filter((cell) => momentOf(cell, order)).length;
  return count('month') > count('day') ? 'month' : 'day';
}

/** Days, the place in the year and in the week on a circle each, the weekend, and the hour on a circle. */
export const DATE_FEATURES = 6;
export const HOUR_FEATURES = 2;

export function dateFeatures(
  { days, hour }: Moment,
  meanDays: number,
  withHours: boolean,
): readonly number[] {
  const weekday = (((Math.floor(days) + 6) % 7) + 7) % 7; // 2000-01-01 was a Saturday; 0 is a Sunday.
  const features = [
    days - meanDays,
    ...circle(days / 365.2425),
    ...circle(weekday / 7),
    weekday % 6 === 0 ? 1 : 0,
  ];
  return withHours ? [...features, ...(hour === null ? [0, 0] : circle(hour / 24))] : features;
}

/** Two numbers that are close where a turn is nearly complete: December and January. */
const circle = (turns: number): readonly [number, number] => [
  Math.sin(2 * Math.PI * turns),
  Math.cos(2 * Math.PI * turns),
];

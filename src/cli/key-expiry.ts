import { InnerloopError } from '../errors.ts';

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/;

/** `90d` from `now`, or a date: `2027-01-31`, midnight UTC, or with a time and its zone. @throws `invalid_request` */
export function expiryOf(text: string, now: Date): Date {
  const days = /^([1-9]\d{0,4})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(now.getTime() + Number(days) * DAY_MS);
  const date = new Date(text);
  // JavaScript reads 31 February as 3 March.
  if (DATE.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(date.getTime())) return date;
  const message = `Expected --expires to be days such as 90d, or a date such as 2027-01-31, got "${text}"`;
  throw new InnerloopError('invalid_request', message);
}

function isDay(text: string): boolean {
  const day = new Date(text);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

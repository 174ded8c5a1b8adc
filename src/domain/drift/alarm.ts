import { type Alarm, type FeatureWindow, REFERENCE_SIZE } from './asked-input.ts';
import { MINIMUM } from './drift.ts';
import { type Check, withCheck } from './kept-checks.ts';

/** A window this far from the reference is found in 1 of 200 windows, if nothing has changed. */
const ALARM_LEVEL = 0.005;
/** Drift ends when the p-value of a check is above this: 19 of 20 windows without drift have such a p-value. */
const OVER_LEVEL = 0.05;
/** One unusual window causes no alarm: two checks in a row must find drift. */
const STRIKES = 2;
/** Inputs between two checks: a window that has hardly changed gives the same result. */
export const CHECK_EVERY = 50;

const NO_ALARM: Alarm = { count: 0, strikes: 0, since: null, isTold: false, checks: [] };

/** With fewer inputs, a window cannot be compared with its reference. */
export const FIRST_CHECK = REFERENCE_SIZE + MINIMUM;

/** Whether enough has changed since the last check for another one. */
export function isDue({ alarm, count }: Pick<FeatureWindow, 'alarm' | 'count'>): boolean {
  return count >= FIRST_CHECK && count - (alarm?.count ?? 0) >= CHECK_EVERY;
}

/** Whether a check is due, or an alarm must be sent to webhooks. */
export function wantsCheck(window: Pick<FeatureWindow, 'alarm' | 'count'>): boolean {
  const { alarm } = window;
  const isUntold = alarm !== null && alarm.since !== null && !alarm.isTold;
  return isUntold || isDue(window);
}

/** The alarm after one more check. It begins when two checks in a row find drift, and ends as `OVER_LEVEL` says. */
export function nextAlarm(before: Alarm | null, check: Check): Alarm {
  const { strikes: former, since, isTold, checks: earlier } = before ?? NO_ALARM;
  const { pValue, count, at } = check;
  const strikes = pValue <= ALARM_LEVEL ? former + 1 : 0;
  const checks = withCheck(earlier, check);
  if (since !== null && pValue <= OVER_LEVEL) return { count, strikes, since, isTold, checks };
  const begins = since === null && strikes >= STRIKES;
  return { count, strikes, since: begins ? at : null, isTold: false, checks };
}

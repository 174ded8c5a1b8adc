import { describe, expect, it } from 'vitest';
import { isDue, nextAlarm, wantsCheck } from '../../../src/domain/drift/alarm.ts';
import type { Alarm } from '../../../src/domain/drift/asked-input.ts';
import { type Check, KEPT_CHECKS } from '../../../src/domain/drift/kept-checks.ts';

const times = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];
const [first, second] = times as [string, string];
const NOTHING: Alarm = { count: 0, strikes: 0, since: null, isTold: false, checks: [] };
const [STRONG, WEAK, NONE] = [1 / 201, 0.03, 0.4];

const checkOf = (pValue: number, count: number, at: string): Check => ({
  ...{ at, count, pValue },
  ...{ distance: 0.1, threshold: 0.05 },
});

/** The alarm after checks with these p-values. */
const alarmAfter = (...pValues: readonly number[]) =>
  pValues.reduce<Alarm | null>(
    (alarm, pValue, i) => nextAlarm(alarm, checkOf(pValue, 50 * (i + 1), i < 2 ? first : second)),
    null,
  );

describe('an alarm', () => {
  it('begins with the second check in a row that finds drift', () => {
    expect(alarmAfter(STRONG)).toMatchObject({ count: 50, strikes: 1, since: null, isTold: false });
    expect(alarmAfter(STRONG, STRONG)).toMatchObject({
      count: 100,
      strikes: 2,
      since: times[0],
      isTold: false,
    });
    expect(alarmAfter(STRONG, WEAK, STRONG)).toMatchObject({ strikes: 1, since: null });
    expect(alarmAfter(WEAK, WEAK, WEAK)).toMatchObject({ since: null });
  });

  it('keeps its beginning, and what was told, until a check finds nothing', () => {
    expect(alarmAfter(STRONG, STRONG, STRONG, WEAK)).toMatchObject({ since: times[0] });
    const told: Alarm = { count: 100, strikes: 2, since: first, isTold: true, checks: [] };
    expect(nextAlarm(told, checkOf(WEAK, 150, second))).toMatchObject({
      since: times[0],
      isTold: true,
    });
    expect(nextAlarm(told, checkOf(NONE, 150, second))).toMatchObject({
      count: 150,
      strikes: 0,
      since: null,
      isTold: false,
    });
  });

  it('begins anew, and is told anew, after it was over', () => {
    expect(alarmAfter(STRONG, STRONG, NONE, STRONG, STRONG)).toMatchObject({
      since: times[1],
      isTold: false,
    });
  });

  it('keeps the latest checks in full, and the first one, within a bound', () => {
    const many = 400;
    const { checks = [] } = alarmAfter(...Array<number>(many).fill(NONE)) ?? {};
    expect(checks.length).toBeLessThanOrEqual(KEPT_CHECKS);
    expect(checks.length).toBeGreaterThan(KEPT_CHECKS / 2);
    const counts = checks.map(({ count }) => count / 50);
    expect([counts[0], counts.at(-1)]).toEqual([1, many]);
    const latest = Array.from({ length: KEPT_CHECKS / 2 }, (_, i) => many - KEPT_CHECKS / 2 + 1 + i);
    expect(counts.slice(-latest.length)).toEqual(latest);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });

  it('is due with the 25 inputs after the reference, and then after 50 inputs each', () => {
    expect(isDue({ alarm: null, count: 224 })).toBe(false);
    expect(isDue({ alarm: null, count: 225 })).toBe(true);
    const alarm = { ...NOTHING, count: 230 };
    expect(isDue({ alarm, count: 279 })).toBe(false);
    expect(isDue({ alarm, count: 280 })).toBe(true);
  });

  it('wants to be told of, also without another input', () => {
    const alarm = { ...NOTHING, count: 230 };
    const since = '2026-01-01T00:00:00.000Z';
    expect(wantsCheck({ alarm: null, count: 225 })).toBe(true);
    expect(wantsCheck({ alarm, count: 230 })).toBe(false);
    expect(wantsCheck({ alarm: { ...alarm, since }, count: 230 })).toBe(true);
    expect(wantsCheck({ alarm: { ...alarm, since, isTold: true }, count: 230 })).toBe(false);
  });
});

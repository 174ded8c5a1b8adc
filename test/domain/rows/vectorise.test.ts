import { describe, expect, it } from 'vitest';
import { inferColumns } from '../../../src/domain/rows/infer-columns.ts';
import type { Row } from '../../../src/domain/rows/row.ts';
import { vectorise } from '../../../src/domain/rows/vectorise.ts';

const support = [
  { age: '30', city: 'Bern', since: '2025-03-01', note: null },
  { age: '50', city: 'Basel', since: '2025-09-01', note: 1 },
  { age: '40', city: 'Bern', since: '2025-06-01', note: 3 },
];
const { columns } = inferColumns(support);
const vector = (row: Row) => [...vectorise(row, columns).features].map((each) => Number(each.toFixed(3)));
const row = { age: 40, city: 'Bern', since: '2025-06-01', note: 2 };

describe('vectorise', () => {
  it('turns columns into numbers, in the order of the columns', () => {
    // age; city: Basel, Bern; note and whether it is missing; days, year, week, weekend of the date.
    const [age, basel, bern, note, missing, days, , , , , weekend] = vector(row);
    expect([age, basel, bern, note, missing, weekend]).toEqual([0, 0, 1, 0, 0, 1]);
    expect(Math.abs(days ?? 99)).toBeLessThan(2);
    expect(vector({ ...row, age: '50' })[0]).toBeCloseTo(1.225, 3);
  });

  it('takes the mean for a missing number, and says so in a number of its own', () => {
    expect(vector({ ...row, note: 'n/a' }).slice(3, 5)).toEqual([0, 1]);
    expect(vectorise({ ...row, note: null }, columns).warnings).toEqual([]);
  });

  it.each([
    ['a category that no example has', { city: 'Genf' }, '/city', 'no example has the value "Genf"'],
    [
      'a text in a column of numbers',
      { age: 'old' },
      '/age',
      'expected a number, got "old"; it counts as missing',
    ],
    ['a gap where no example has one', { age: null }, '/age', 'it is missing here, but in no example'],
    ['what is not a date', { since: 'soon' }, '/since', 'expected a date, got "soon"'],
  ])('warns of %s', (_, change, pointer, detail) => {
    const { features, warnings } = vectorise({ ...row, ...change } as Row, columns);
    expect(warnings).toMatchObject([
      { code: 'value_unknown', pointer, detail: expect.stringContaining(detail) },
    ]);
    expect([...features].every(Number.isFinite)).toBe(true);
  });

  it.each([
    ['lacks a column', { age: 1, city: 'Bern', since: '2025-06-01' }, 'Expected a column "note"'],
    ['has a further column', { ...row, 'a/b': 1 }, 'Expected no further column, got "a/b"'],
    ['is an array', [1, 2, 3, 4], 'Expected a row by column name (an object), got an array'],
  ])('refuses a row that %s', (_, wrong, message) => {
    expect(() => vectorise(wrong as Row, columns)).toThrow(message);
  });

  it('tells days and hours apart on circles', () => {
    const days = inferColumns([{ at: '2025-12-31 23:30' }, { at: '2025-06-15 12:00' }]).columns;
    const at = (text: string) => [...vectorise({ at: text }, days).features].slice(1);
    const distance = (a: string, b: string) => Math.hypot(...at(a).map((each, i) => each - (at(b)[i] ?? 0)));
    expect(distance('2025-12-31 23:30', '2026-01-01 00:30')).toBeLessThan(
      distance('2025-12-31 23:30', '2025-12-31 12:00'),
    );
  });

  it('gives texts with the same words the same numbers', () => {
    const notes = Array.from({ length: 20 }, (_, i) => ({ note: `parcel number ${i} arrived late`, n: i }));
    const texts = inferColumns(notes).columns;
    const words = (note: string) => vectorise({ note, n: 1 }, texts).features.subarray(1);
    expect(words('Late arrived PARCEL 7 number')).toEqual(words('parcel number 7 arrived late'));
    expect(Math.hypot(...words('parcel number 7 arrived late'))).toBeCloseTo(1, 5);
  });
});

import { describe, expect, it } from 'vitest';
import { inferColumns } from '../../../src/domain/rows/infer-columns.ts';
import type { Cell } from '../../../src/domain/rows/row.ts';

/** A table of one column beside a column that varies. */
const infer = (cells: readonly Cell[]) => {
  const { columns, warnings } = inferColumns(cells.map((value, i) => ({ value, other: i / 2 })));
  return { column: columns.find(({ name }) => name === 'value'), warnings };
};
const twenty = (of: (i: number) => Cell) => Array.from({ length: 20 }, (_, i) => of(i));

describe('inferColumns', () => {
  it.each<[string, readonly Cell[], object]>([
    ['numbers', [1, 2.5, -2], { kind: 'number', missing: false, mean: 0.5 }],
    ['numbers as text', ['1', '2.5', '-3e0'], { kind: 'number', decimalMark: '.' }],
    ['numbers with a decimal comma', ['1,5', '2', '1.234,5'], { kind: 'number', decimalMark: ',' }],
    ['numbers in groups of thousands', ['1,500', '12,000', '900'], { decimalMark: '.', mean: 4800 }],
    ['amounts of money', ['$1,200.50', '$3', '$900'], { kind: 'number', decimalMark: '.' }],
    ['percentages', ['12 %', '3.5%'], { kind: 'number', mean: 7.75 }],
    ['numbers with gaps', [1, null, 'NA', 3], { kind: 'number', mean: 2, missing: true }],
    ['categories', ['red', 'blue', 'red'], { kind: 'category', values: ['blue', 'red'] }],
    ['categories with gaps', ['red', '', null], { kind: 'category', values: ['', 'red'] }],
    ['truth values', [true, 'FALSE', 'true'], { kind: 'category', values: ['false', 'true'] }],
    ['dates', ['2025-01-31', '2025-02-01'], { kind: 'date', hours: false, missing: false }],
    ['times', ['2025-01-31T09:30:00Z', '2025-02-01 17:00'], { kind: 'date', hours: true }],
    ['dates with the day first', ['31/01/2025', '02/03/2025'], { kind: 'date', order: 'day' }],
    ['dates with the month first', ['01/31/2025', '02/03/2025'], { kind: 'date', order: 'month' }],
    ['ambiguous dates', ['01/02/2025', '02/03/2025'], { kind: 'date', order: 'day' }],
  ])('reads %s', (_, cells, expected) => {
    const { column, warnings } = infer(cells);
    expect(column).toMatchObject(expected);
    expect(warnings).toEqual([]);
  });

  it.each<[string, readonly Cell[], object, string]>([
    ['a constant', ['a', 'a', 'a'], { kind: 'ignored', reason: 'constant' }, 'column_constant'],
    [
      'identifiers',
      twenty((i) => `user-${i}`),
      { kind: 'ignored', reason: 'identifier' },
      'column_identifier',
    ],
    ['free text', twenty((i) => `the parcel number ${i} came late`), { kind: 'text' }, 'column_text'],
    [
      'a few entries that are not numbers',
      twenty((i) => (i === 3 ? 'ERR' : i)),
      { kind: 'number', missing: true },
      'values_unreadable',
    ],
  ])('warns of %s', (_, cells, expected, code) => {
    const { column, warnings } = infer(cells);
    expect(column).toMatchObject(expected);
    expect(warnings).toMatchObject([{ code, pointer: '/value', detail: expect.stringContaining('"value"') }]);
  });

  it('keeps the most frequent values of a category', () => {
    const cells = Array.from({ length: 400 }, (_, i) => (i < 200 ? 'often' : `rare ${i % 100}`));
    const { column, warnings } = infer(cells);
    expect(column?.kind === 'category' && column.values.length).toBe(64);
    expect(column?.kind === 'category' && column.values).toContain('often');
    expect(warnings).toMatchObject([{ code: 'categories_cut' }]);
  });

  it('reads a column with a long value as free text, because its values would be kept with each adaptation', () => {
    const { column } = infer(['short', 'x'.repeat(257), 'short', 'other']);
    expect(column).toMatchObject({ kind: 'text' });
    expect(infer(['short', 'x'.repeat(256), 'short']).column).toMatchObject({ kind: 'category' });
  });

  it('shows at most the beginning of a value in a warning', () => {
    const { warnings } = infer([...twenty((i) => i), 'x'.repeat(10_000)]);
    expect(warnings).toMatchObject([{ code: 'values_unreadable' }]);
    expect(warnings[0]?.detail.length).toBeLessThan(300);
  });

  it('refuses a column with a name of more than 256 characters', () => {
    const long = 'n'.repeat(257);
    expect(() => inferColumns([{ [long]: 1 }, { [long]: 2 }])).toThrow(
      'Expected names of columns of at most 256 characters, got one of 257',
    );
  });

  it('leaves out a column that numbers the rows, but no other whole numbers', () => {
    const rows = twenty((i) => i).map((i) => ({ id: i, age: Number(i) + 20 }));
    const { columns } = inferColumns(rows);
    expect(columns).toMatchObject([
      { name: 'age', kind: 'number' },
      { name: 'id', kind: 'ignored' },
    ]);
  });

  it('says of each column that it leaves out that later rows need it', () => {
    const texts = (i: number) =>
      Array.from({ length: 10 }, (_, t) => `the parcel number ${i} is ${t} days late`);
    const rows = Array.from({ length: 20 }, (_, i) => [i / 2, 'same', `user-${i}`, ...texts(i)]);
    const { columns, warnings } = inferColumns(rows);
    const leftOut = columns.flatMap((each) => (each.kind === 'ignored' ? [`/${each.name}`] : []));
    expect(leftOut.length).toBeGreaterThan(2);
    const told = warnings.filter(({ detail }) => detail.includes('Later rows need the column'));
    expect(told.map(({ pointer }) => pointer)).toEqual(leftOut);
  });

  it('does not depend on the order of the rows or of the columns', () => {
    const rows = twenty((i) => i).map((i) => ({ x: 0.1 * Number(i), colour: `c${Number(i) % 3}` }));
    const turned = rows.toReversed().map(({ x, colour }) => ({ colour, x }));
    expect(inferColumns(turned)).toEqual(inferColumns(rows));
  });

  it('reads rows by position', () => {
    expect(
      inferColumns([
        [1, 'a'],
        [2, 'b'],
      ]).columns,
    ).toMatchObject([
      { name: 0, kind: 'number' },
      { name: 1, kind: 'category' },
    ]);
  });

  it.each([
    ['lacks a column', [{ a: 1, b: 2 }, { a: 1 }], 'Expected a column "b", got a, unlike the first row'],
    [
      'has another column',
      [{ a: 1 }, { a: 1, b: 2 }],
      'Expected no further column, got "b", unlike the first row',
    ],
    ['is shorter', [[1, 2], [1]], 'Expected 2 values, got 1, unlike the first row'],
    ['is not an object', [{ a: 1 }, [1]], 'Expected a row by column name (an object), got an array'],
  ])('refuses a row that %s', (_, rows, message) => {
    expect(() => inferColumns(rows as never)).toThrow(
      expect.objectContaining({
        code: 'invalid_support_set',
        message: expect.stringContaining(message),
        details: expect.objectContaining({ item: 1 }),
      }),
    );
  });

  it('refuses tables of which nothing can be learnt, and tables that are too large', () => {
    expect(() => inferColumns([{ a: 1 }, { a: 1 }])).toThrow(
      expect.objectContaining({ code: 'unlearnable_support_set' }),
    );
    const wide = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`c${i}`, i]));
    expect(() => inferColumns([wide])).toThrow(/rows of 1 to 1000 columns, got 1001/);
    const many = Array.from({ length: 500 }, (_, i) => [i].concat(Array(500).fill(0)));
    expect(() => inferColumns(many)).toThrow(/at most 200000 cells, got 250500/);
  });
});

import { describe, expect, it } from 'vitest';
import { cellOf, readCsv } from '../../src/playground/media/csv.ts';
import { readTexts } from '../../src/playground/media/texts.ts';

describe('a CSV file', () => {
  it.each([
    ['commas', 'a,b\n1,2\n'],
    ['semicolons', 'a;b\r\n1;2\r\n'],
    ['tabs', 'a\tb\n1\t2'],
    ['vertical bars', 'a|b\n1|2'],
    ['a byte order mark', '\uFEFFa,b\n1,2\n'],
    ['empty lines', 'a,b\n\n1,2\n\n'],
  ])('with %s has columns and rows', (_what, text) => {
    expect(readCsv(text)).toEqual({ columns: ['a', 'b'], rows: [['1', '2']] });
  });

  it('may have quotes, delimiters and line breaks in quoted cells', () => {
    expect(readCsv('name,says\n"A, B","""Hi""\nthere"\n').rows).toEqual([['A, B', '"Hi"\nthere']]);
  });

  it('is read as far as it is shown', () => {
    expect(readCsv('a\n1\n2\n3\n', 2).rows).toEqual([['1'], ['2']]);
    expect(readCsv('a,b\n1,2', 0)).toEqual({ columns: ['a', 'b'], rows: [] });
    expect(readCsv('')).toEqual({ columns: [], rows: [] });
  });

  it.each([
    ['12', 12],
    ['-0.5', -0.5],
    ['1e3', 1000],
    ['', null],
    ['  ', null],
    ['12 apples', '12 apples'],
    ['2024-02-11', '2024-02-11'],
  ])('has the cell %j as %j', (text, cell) => {
    expect(cellOf(text)).toBe(cell);
  });
});

describe('pasted texts', () => {
  it('are one for each line that is not empty', () => {
    expect(readTexts('I lost my card\r\n\n  Where is it?  \n')).toEqual([
      { label: null, text: 'I lost my card' },
      { label: null, text: 'Where is it?' },
    ]);
  });

  it('may name their label before a tab', () => {
    expect(readTexts('lost card\tI lost my card\nbalance\t')).toEqual([
      { label: 'lost card', text: 'I lost my card' },
      { label: null, text: 'balance' },
    ]);
  });
});

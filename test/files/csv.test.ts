import { describe, expect, it } from 'vitest';
import { defaultTableLimits, readCsv } from '../../src/files/csv.ts';
import { csvOf } from '../../src/files/csv-writer.ts';

const read = (text: string) => readCsv(Buffer.from(text));
const LONG = 'x'.repeat(2000);
const cells = async (text: string) => (await read(text)).rows.map((row) => row.cells);

describe('readCsv', () => {
  it('reads quotes, doubled quotes, and line ends in cells', async () => {
    const table = await read('name,note\r\nAda,"says ""hi"", twice"\r\nBob,"two\nlines"\r\n');
    expect(table.columns).toEqual(['name', 'note']);
    expect(table.rows).toEqual([
      { line: 2, cells: ['Ada', 'says "hi", twice'] },
      { line: 4, cells: ['Bob', 'two\nlines'] },
    ]);
  });

  it.each([
    ['commas', 'a,b\n1.5,x\n', ['1.5', 'x']],
    ['semicolons, beside decimal commas', 'a;b;c\n1,5;2,5;x\n', ['1,5', '2,5', 'x']],
    ['tabs', 'a\tb\n1,5\tx, y\n', ['1,5', 'x, y']],
    ['bars', 'a|b\n1,5|2,5\n', ['1,5', '2,5']],
    ['semicolons with a header that has a comma', 'price, EUR;name\n1,5;x\n2;y\n', ['1,5', 'x']],
  ])('recognises %s', async (_, text, first) => {
    expect((await cells(text))[0]).toEqual(first);
  });

  it('reads one column with commas in its text', async () => {
    expect(await cells('text\nhello, you\nyes\n')).toEqual([['hello, you'], ['yes']]);
  });

  it('skips a byte order mark, empty lines, rows of empty cells, and columns that are empty throughout', async () => {
    const table = await read('\ufeffa,b,\n\n1,2,\n,,\n3,4,\n');
    expect(table).toEqual({
      columns: ['a', 'b'],
      rows: [
        { line: 3, cells: ['1', '2'] },
        { line: 5, cells: ['3', '4'] },
      ],
    });
  });

  it('names a column without a name by its place', async () => {
    expect((await read(',b\n0,2\n')).columns).toEqual(['column_1', 'b']);
  });

  it.each([
    ['a row that is too short', 'a,b\n1,2\n3\n', 'Expected 2 cells as in the header in line 3, got 1'],
    [
      'a row that is too long',
      'a,b\n"x\ny",2\n3,4,5\n',
      'Expected 2 cells as in the header in line 4, got 3',
    ],
    ['a name twice', 'a,b,a\n1,2,3\n', 'Expected each column name once in line 1, got "a" twice'],
    ['a long name twice', `${LONG},${LONG}\n1,2\n`, `got "${LONG.slice(0, 64)}" twice`],
    [
      'a quote that stays open',
      'a,b\n"1,2\n',
      'Expected a closing quote for the quote in line 2, got the end',
    ],
    [
      'text after a quote',
      'a,b\n"1" x,2\n',
      'Expected a delimiter after a closing quote in line 2, got other text',
    ],
    [
      'a quote within a cell',
      'a,b\n5" pipe,2\n',
      'Expected quotes around a whole cell in line 2, got a quote',
    ],
    ['an empty file', '', 'Expected a table with a header, got an empty file'],
    ['a header alone', 'a,b\n', 'Expected rows after the header, got none'],
  ])('refuses %s', async (_, text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 'UTF-16: save it as "CSV UTF-8"'],
    ['Windows-1252', Buffer.from('a,b\n1,2\nM\u00fcller,2\n', 'latin1'), 'in line 3, got other bytes'],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(readCsv(bytes)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['columns', 'a,b,c,d\n1,2,3,4\n'],
    ['rows', 'a\n1\n2\n3\n4\n5\n'],
    ['cells', 'a,b,c\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n'],
    ['characters in a row', `a,b\n1,${'x'.repeat(200)}\n`],
  ])('refuses more %s than allowed', async (what, text) => {
    const limits = { rows: 4, columns: 3, cells: 9, rowCharacters: 100 };
    const refused = readCsv(Buffer.from(text), { ...limits });
    await expect(refused).rejects.toMatchObject({
      code: 'payload_too_large',
      message: expect.stringContaining(what),
    });
  });

  it('stops at a row of very many commas before it is divided', async () => {
    const bomb = Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(10_000_000, ',')]);
    await expect(readCsv(bomb)).rejects.toMatchObject({ code: 'payload_too_large' });
    expect(defaultTableLimits.columns).toBe(1000);
  });
});

describe('csvOf', () => {
  it('escapes formulas, which are read back', async () => {
    const formulas = ['=1+1', '+cmd', '-x', '@sum(a1)', '\tx'];
    const written = csvOf(
      ['text'],
      formulas.map((each) => [each]),
    );
    expect(written).toContain("'=1+1\r\n");
    expect(await cells(written)).toEqual(formulas.map((each) => [each]));
  });

  it('leaves numbers as they are, also below 0', () => {
    expect(csvOf(['a', 'b'], [[-1.5, '-2']])).toBe('a,b\r\n-1.5,-2\r\n');
  });
});

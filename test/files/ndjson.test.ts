import { describe, expect, it } from 'vitest';
import { readNdjson } from '../../src/files/ndjson.ts';

const read = (text: string) => readNdjson(Buffer.from(text));

describe('readNdjson', () => {
  it('reads a value per line and skips empty lines', () => {
    expect(read('\ufeff{"a":1}\r\n\n[2]\n')).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 3, value: [2] },
    ]);
  });

  it.each([
    ['what is no JSON', '{"a":1}\n{"a":\n', 'Expected a JSON value in line 2, got {"a":'],
    ['lone surrogates', '{"a":"\\ud800"}', 'Expected text of whole Unicode characters in line 1'],
    ['an empty file', '\n\n', 'got none'],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('refuses bytes that are not UTF-8, and more lines than allowed', () => {
    expect(() => readNdjson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/not UTF-8/);
    expect(() => readNdjson(Buffer.from('1\n2\n3\n'), { lines: 2 })).toThrow(/at most 2 lines/);
  });
});

import { describe, expect, it } from 'vitest';
import { type Part, readParts } from '../../../../src/http/bodies/forms/multipart-parser.ts';
import { inputOfPart } from '../../../../src/http/bodies/forms/part-input.ts';
import { nameOfPart } from '../../../../src/http/bodies/forms/part-name.ts';

const unlimited = { begin: () => undefined, count: () => undefined };

/** The parts of `body`, which arrives in chunks of `size` bytes. */
async function partsOf(body: Buffer, boundary = 'B', size = body.length): Promise<Part[]> {
  async function* chunks() {
    for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
  }
  const parts: Part[] = [];
  for await (const part of readParts(chunks(), { boundary, ...unlimited })) parts.push(part);
  return parts;
}

const named = (name: string) => `Content-Disposition: form-data; name="${name}"`;
const twoParts = Buffer.from(
  `a preamble\r\n--B\r\n${named('one')}\r\nContent-Type: image/png\r\n\r\n\r\n--\r\n-Bad\r--B\r\n--B\r\n${named('two')}\r\n\r\n\r\n--B--\r\nan epilogue`,
);

describe('the parts of a form', () => {
  it('are the same for every division of the body into chunks', async () => {
    const whole = await partsOf(twoParts);
    expect(whole.map(({ headers, body }) => [headers['content-type'], body.toString()])).toEqual([
      ['image/png', '\r\n--\r\n-Bad\r--B'],
      [undefined, ''],
    ]);
    for (let size = 1; size < twoParts.length; size++)
      expect(await partsOf(twoParts, 'B', size)).toEqual(whole);
  });

  it('are read as FormData of Node writes them', async () => {
    const form = new FormData();
    const names = [
      'plain',
      '5" pipe',
      'two\r\nlines',
      'back\\slash',
      'a; b="c"',
      'ä😀',
      '',
      '%22',
      '__proto__',
    ];
    for (const name of names) form.append(name, new Blob([Buffer.from(name)]), `${name}.png`);
    const request = new Request('http://localhost', { method: 'POST', body: form });
    const [, boundary = ''] = /boundary=(.+)$/.exec(request.headers.get('content-type') ?? '') ?? [];
    const parts = await partsOf(Buffer.from(await request.arrayBuffer()), boundary);
    // Node's FormData writes the name %22 and a quotation mark in the same way.
    const expected = names.map((name) => (name === '%22' ? '"' : name));
    expect(parts.map(({ headers }, i) => nameOfPart(headers, i).name)).toEqual(expected);
    expect(parts.map(({ body }) => body.toString())).toEqual(names);
  });

  it.each([
    ['without any delimiter', 'nothing here'],
    ['that is empty', ''],
    ['cut short in a header', `--B\r\n${named('a')}`],
    ['cut short in a file', `--B\r\n${named('a')}\r\n\r\nbytes`],
    ['cut short behind a delimiter', `--B\r\n${named('a')}\r\n\r\nbytes\r\n--B`],
    ['with another boundary', `--C\r\n${named('a')}\r\n\r\nbytes\r\n--C--\r\n`],
    ['with a header that is none', `--B\r\nno header\r\n\r\nbytes\r\n--B--\r\n`],
    ['with a line break inside a header', `--B\r\n${named('a\nb')}\r\n\r\nbytes\r\n--B--\r\n`],
    ['with headers without end', `--B\r\nx: ${'y'.repeat(20_000)}\r\n\r\nbytes\r\n--B--\r\n`],
  ])('%s are refused', async (_what, text) => {
    await expect(partsOf(Buffer.from(text))).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('are refused if the boundary is longer than the standard allows', async () => {
    const boundary = 'a'.repeat(71);
    const body = Buffer.from(`--${boundary}\r\n${named('a')}\r\n\r\nbytes\r\n--${boundary}--`);
    await expect(partsOf(body, boundary)).rejects.toThrow(/a boundary of more than 70 characters/);
    expect(await partsOf(Buffer.from(`--${'b'.repeat(70)}--`), 'b'.repeat(70))).toEqual([]);
  });

  it('are refused quickly for a header line with many spaces and a lone line feed', async () => {
    const body = Buffer.from(`--B\r\n${`a:${' '.repeat(16_000)}\n`}\r\n\r\nbytes\r\n--B--`);
    const start = performance.now();
    for (let i = 0; i < 20; i++) await expect(partsOf(body)).rejects.toThrow(/a header that cannot be read/);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('may have spaces around the value of a header', async () => {
    const [part] = await partsOf(Buffer.from('--B\r\na \t:\t  b: c \t\r\nempty:\r\n\r\n\r\n--B--'));
    expect({ ...part?.headers }).toEqual({ a: 'b: c', empty: '' });
  });

  it('are read only when the caller asks for them', async () => {
    let read = 0;
    async function* chunks() {
      for (;;) {
        read++;
        yield Buffer.from(`\r\n--B\r\n${named('a')}\r\n\r\n${'x'.repeat(1000)}`);
      }
    }
    const parts = readParts(chunks(), { boundary: 'B', ...unlimited });
    await parts.next();
    await parts.next();
    expect(read).toBe(3);
  });
});

describe('the name of a part', () => {
  const nameOf = (disposition: string) =>
    nameOfPart({ 'content-disposition': Buffer.from(disposition).toString('latin1') }, 0);

  it.each<[string, string, object]>([
    ['without quotes', 'form-data; name=alef; filename=a.png', { name: 'alef', filename: 'a.png' }],
    ['with blanks', 'form-data ;  name = "a b" ; filename="c d"', { name: 'a b', filename: 'c d' }],
    ['in another order', 'form-data; filename="a.png"; name="b"', { name: 'b', filename: 'a.png' }],
    ['in capitals', 'Form-Data; NAME="a"', { name: 'a' }],
    ['with a semicolon in it', 'form-data; name="a; filename=b"', { name: 'a; filename=b' }],
    ['with the three escapes', 'form-data; name="%22%0D%0A"', { name: '"\r\n' }],
    [
      'with escapes that are none',
      'form-data; name="%41 %25 %0a %2522 100%"',
      { name: '%41 %25 %0a %2522 100%' },
    ],
    [
      'with escapes in the filename',
      'form-data; name="a"; filename="%22.png"',
      { name: 'a', filename: '".png' },
    ],
    [
      'as older clients escape it',
      'form-data; name="5\\" pipe"; filename="a.png"',
      { name: '5" pipe', filename: 'a.png' },
    ],
    ['with a backslash at its end', 'form-data; name="a\\"; filename="b"', { name: 'a\\', filename: 'b' }],
    ['with two backslashes', 'form-data; name="a\\\\b"', { name: 'a\\\\b' }],
    ['beyond ASCII', 'form-data; name="béte 😀"', { name: 'béte 😀' }],
    ['with a byte order mark', 'form-data; name="\ufeffa"', { name: '\ufeffa' }],
    ['that is empty', 'form-data; name=""; filename=""', { name: '', filename: '' }],
    ['that is absent', 'form-data; filename="a.png"', { filename: 'a.png' }],
    ['that is absent with all else', 'form-data', {}],
    ['of a prototype', 'form-data; name="__proto__"; constructor=1', { name: '__proto__' }],
  ])('may be %s', (_what, disposition, expected) => {
    expect(nameOf(disposition)).toEqual(expected);
  });

  it.each([' ', ';', '; '])('is soon refused for many %j before a word', (piece) => {
    const header = `form-data; name=a${piece.repeat(16_000 / piece.length)}b c`;
    const start = performance.now();
    for (let i = 0; i < 20; i++) expect(() => nameOf(header)).toThrow(/part 1/);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it.each([
    ['no header', undefined],
    ['another disposition', 'attachment; name="a"'],
    ['quotes that do not end', 'form-data; name="a'],
    ['words behind the quotes', 'form-data; name="a" b'],
    ['two names', 'form-data; name="a"; NAME="b"'],
    ['two filenames', 'form-data; name="a"; filename=x; filename="y"'],
  ])('is refused for %s', (_what, disposition) => {
    const headers = disposition === undefined ? {} : { 'content-disposition': disposition };
    expect(() => nameOfPart(headers, 2)).toThrow(/part 3/);
  });
});

describe('the charset of a text in a part', () => {
  const read = (type: string, body: string) =>
    inputOfPart({ headers: { 'content-type': type }, body: Buffer.from(body, 'latin1') }, { name: 'a' }, 0, {
      parseJson: async (bytes) => JSON.parse(bytes.toString()),
      options: [],
    });

  it.each([
    ['text/plain; charset=iso-2022-jp', '\x1b$B$3$s\x1b(B'],
    ['text/plain; charset="UTF-7"', 'b+AOk-te'],
    ['text/plain; charset=utf-16le', 'h\0i\0'],
    ['text/plain; charset=iso-8859-1', 'caf\xe9'],
    // Valid UTF-8 as well, and another text in it.
    ['text/plain; charset=windows-1252', 'caf\xc3\xa9'],
    ['application/json; charset=utf-16', '"a"'],
  ])('is refused for %s', async (type, body) => {
    await expect(read(type, body)).rejects.toMatchObject({
      code: 'unsupported_media_type',
      message: expect.stringMatching(/^Expected UTF-8 in "a" of the form, got charset=/),
    });
  });

  it.each(['us-ascii', 'ISO-8859-1', 'windows-1252', 'UTF-8'])('may be %s for ASCII', async (charset) => {
    expect(await read(`text/plain; charset=${charset}`, 'plain')).toEqual({ kind: 'text', text: 'plain' });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, fileOfText } from '../../../src/service/inputs/files.ts';

/** Bytes whose base64 has every special letter, and needs padding. */
const file = Buffer.from('fbf0ff3e00ffef', 'hex');
const plain = file.toString('base64');
const unpadded = plain.replace(/=+$/, '');
const refusal = (text: string) => {
  try {
    fileOfText(text);
  } catch (error) {
    return error;
  }
  throw new Error('Expected a refusal');
};

const decoded = (text: string): readonly number[] | 'refused' => {
  try {
    return [...decodeBase64(text, '', 'base64')];
  } catch {
    return 'refused';
  }
};
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648, bit by bit. */
function decodedByLetter(text: string): readonly number[] | 'refused' {
  const letters = text.replace(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/');
  const digits = letters.replace(/=+$/, '');
  const values = [...digits].map((each) => ALPHABET.indexOf(each));
  const isPadded = digits === letters || letters.length % 4 === 0;
  if (values.includes(-1) || values.length % 4 === 1 || !isPadded) return 'refused';
  const bits = values.map((each) => each.toString(2).padStart(6, '0')).join('');
  return (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
}

describe('a file in text', () => {
  it.each([
    ['a data URL', `data:image/png;base64,${plain}`],
    ['a data URL without a media type', `data:;base64,${plain}`],
    ['a data URL with parameters', `data:image/png;charset=utf-8;name=a.png;base64,${plain}`],
    ['a data URL in capitals', `DATA:IMAGE/PNG;BASE64,${plain}`],
    ['a data URL of unknown type', `data:application/octet-stream;base64,${plain}`],
    ['a data URL with escapes', `data:image/png;base64,${encodeURIComponent(plain)}`],
    ['base64 alone', plain],
    ['base64 without padding', unpadded],
    ['base64 in the letters of URLs', file.toString('base64url')],
    ['base64 in the letters of URLs, padded', plain.replaceAll('+', '-').replaceAll('/', '_')],
    ['a data URL in the letters of URLs', `data:image/png;base64,${file.toString('base64url')}`],
    ['base64 in lines', plain.replace(/.{4}/g, '$&\n')],
    ['base64 in lines of Windows', plain.replace(/.{4}/g, '$&\r\n')],
    ['base64 with blanks and tabs around it', ` \t${plain}\n\n`],
    ['a data URL in lines', `data:image/png;base64,\n${plain.replace(/.{3}/g, '$&\n ')}`],
    ['padding behind a line break', `${unpadded}\n${'='.repeat(plain.length - unpadded.length)}`],
  ])('is %s', (_what, text) => {
    expect(Buffer.from(fileOfText(text)).toString('hex')).toBe(file.toString('hex'));
  });

  it('decodes to the encoded bytes, with any line breaks', () => {
    const layouts = fc.constantFrom('', '\n', '\r\n', ' ');
    fc.assert(
      fc.property(fc.uint8Array(), layouts, fc.nat(80), fc.boolean(), (bytes, end, width, url) => {
        const text = Buffer.from(bytes).toString(url ? 'base64url' : 'base64');
        const lines = text.replace(new RegExp(`.{${width + 1}}`, 'g'), `$&${end}`);
        expect([...decodeBase64(lines, '', 'base64')]).toEqual([...bytes]);
      }),
      { seed: 1 },
    );
  });

  it('is decoded as if each letter was checked', () => {
    const letter = fc.constantFrom(...'Ab0+/-_=== \n*\0éŁ😀');
    fc.assert(
      fc.property(fc.base64String(), fc.array(letter, { maxLength: 9 }), fc.nat(40), (text, some, at) => {
        const mixed = text.slice(0, at) + some.join('') + text.slice(at);
        expect(decoded(mixed)).toEqual(decodedByLetter(mixed));
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it.each([
    ['a letter that is none', 'AAAA*AAA', /^"\*" at character 4 of "AAAA\*AAA"$/],
    ['a comma', 'data:image/png;base64,AAAA,AAA', /^"," at character 4/],
    ['padding in the middle', 'AA==AAAA', /^"=" at character 3/],
    ['a length that cannot be', 'AAAAA', /incomplete/],
    ['padding that is too short', 'AA=', /wrong padding/],
    ['words', 'my picture.png', /^"\." at character 10/],
    ['an address', 'https://example.org/a.png', /^a URL, which is not fetched: "https/],
    ['a path as an address', 'file:///home/a.png', /^a URL/],
    ['a data URL of text', `data:text/plain;base64,${plain}`, /^a data URL of text\/plain$/],
    ['a data URL of a page', `data:text/html;charset=utf-8;base64,${plain}`, /^a data URL of text\/html$/],
    ['a data URL that is not base64', 'data:image/svg+xml,%3Csvg%3E', /^a data URL without ;base64/],
    ['letters beyond ASCII', 'AAAÄ', /^"Ä" at character 3/],
  ])('is refused for %s, and the error describes the text', (_what, text, got) => {
    expect(refusal(text)).toMatchObject({
      code: 'invalid_input',
      details: { pointer: '', expected: expect.stringMatching(/base64/), got: expect.stringMatching(got) },
    });
  });

  it('does not repeat a long text in the error', () => {
    expect(String(refusal(`${'A'.repeat(100_000)}!`))).toMatch(
      /"!" at character 100000 of a string of 100001/,
    );
  });
});

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

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../src/http/limits.ts';
import { dataUrl, glyph } from '../../support/bodies.ts';
import { startApp } from '../../support/start-app.ts';

const http = startApp({ limits: { ...defaultLimits, files: 20, fileBytes: 2 ** 20, formBytes: 2 ** 22 } });
const gate = glyph('gate', 1);
const knot = glyph('knot', 1);

/** A part with these headers, encoded as latin1 (one byte per character). */
const part = (headers: readonly string[], body: Uint8Array) =>
  Buffer.concat([Buffer.from(`--B\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1'), body, Buffer.from('\r\n')]);
const disposition = (rest: string) => `Content-Disposition: form-data${rest}`;
const named = (name: string) => disposition(`; name="${name}"; filename="a.png"`);
const formOf = (...parts: readonly Buffer[]) => Buffer.concat([...parts, Buffer.from('--B--\r\n')]);
const post = (url: string, payload: Buffer) =>
  http.app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': 'multipart/form-data; boundary=B', prefer: 'wait=20' },
  });
const adapt = (task: string, ...parts: readonly Buffer[]) =>
  post(`/tasks/${task}/adapt?model=tiny-glyph-prototypes`, formOf(...parts));
const predict = (...parts: readonly Buffer[]) => post('/tasks/glyphs/predict', formOf(...parts));
const exists = async (task: string) => (await http.app.inject({ url: `/tasks/${task}` })).statusCode === 200;

beforeAll(async () => {
  await adapt('glyphs', part([named('gate')], gate), part([named('knot')], knot));
});

describe('the label of a file in a form', () => {
  it.each([
    ['a quotation mark', '5%22 pipe', '5" pipe'],
    ['line breaks', 'two%0D%0Alines', 'two\r\nlines'],
    ['escapes that are none', '100%25 %41 %0a', '100%25 %41 %0a'],
    ['a backslash', 'C:\\\\dir', 'C:\\\\dir'],
    ['letters beyond ASCII', Buffer.from('bête 😀').toString('latin1'), 'bête 😀'],
    ['the name of a constructor', 'constructor', 'constructor'],
    ['the name of a method', 'toString', 'toString'],
    ['the name of another', 'hasOwnProperty', 'hasOwnProperty'],
    ['the name of a prototype', '__proto__', '__proto__'],
  ])('may have %s, and names the same class as in JSON', async (_what, name, label) => {
    const task = `label-${createHash('sha1').update(label).digest('hex')}`;
    const first = await http.app.inject({
      method: 'POST',
      url: `/tasks/${task}/adapt`,
      headers: { prefer: 'wait=20' },
      payload: {
        model: 'tiny-glyph-prototypes',
        support: [
          { label, input: dataUrl(gate) },
          { label: 'other', input: dataUrl(knot) },
        ],
      },
    });
    expect(first.json().status).toBe('succeeded');
    const answer = await post(
      `/tasks/${task}/adapt?mode=append`,
      formOf(part([named(name)], glyph('gate', 2))),
    );
    const { labels } = answer.json().support;
    expect(Object.entries(labels)).toHaveLength(2);
    expect(Object.getOwnPropertyDescriptor(labels, label)?.value).toBe(2);
    const predicted = await post(`/tasks/${task}/predict`, formOf(part([named(name)], gate)));
    const [{ probabilities }] = predicted.json().predictions;
    expect(Object.keys(probabilities).sort()).toEqual([label, 'other'].sort());
  });

  it.each([
    ['that is absent', disposition('; filename="a.png"'), /1 to 128 characters .*got none \(a\.png\)/],
    ['that is absent, as is the filename', disposition(''), /got none \(part 1\)/],
    ['that is empty', named(''), /got 0 characters \(a\.png in ""\)/],
    ['that is too long', named('x'.repeat(129)), /got 129 characters/],
  ])('%s is refused, and the error names the part', async (_what, header, detail) => {
    const answer = await adapt('no-label', part([header, 'Content-Type: image/png'], gate));
    expect(answer.json()).toMatchObject({ code: 'invalid_support_set', pointer: '/support/0/label' });
    expect(answer.json().detail).toMatch(detail);
    expect(await exists('no-label')).toBe(false);
  });

  it.each([
    ['a label', named('b\xe9te'), /name of part 2 .*byte 0xe9 at position 1/],
    ['a label that is half a character', named('b\xe2\x82'), /name of part 2/],
    ['a filename', disposition('; name="a"; filename="\xff.png"'), /filename of part 2/],
    ['a filename in another order', disposition('; filename="\xc3("; name="a"'), /filename of part 2/],
  ])('%s that is not UTF-8 is refused', async (_what, header, detail) => {
    const answer = await adapt('latin', part([named('a')], gate), part([header], knot));
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(answer.json().detail).toMatch(/not UTF-8/);
    expect(answer.json().detail).toMatch(detail);
    expect(await exists('latin')).toBe(false);
  });
});

describe('a part of a form is a file', () => {
  it.each([
    ['with a media type and no filename', [disposition('; name="a"'), 'Content-Type: image/png']],
    [
      'of unknown type without a filename',
      [disposition('; name="a"'), 'Content-Type: application/octet-stream'],
    ],
    ['with neither', [disposition('; name="a"')]],
    ['without a name', [disposition('; filename="a.png"')]],
    ['with an empty name', [named('')]],
    ['without anything', [disposition('')]],
    ['with an empty filename', [disposition('; name="a"; filename=""'), 'Content-Type: image/png']],
    ['named like a method', [named('toString')]],
    ['named like a prototype', [named('__proto__')]],
    ['with headers in capitals', ['CONTENT-DISPOSITION: FORM-DATA; NAME="a"', 'CONTENT-TYPE: IMAGE/PNG']],
    ['with a folded header', ['Content-Disposition: form-data;\r\n name="a";\r\n\tfilename="a.png"']],
    ['in binary, as it says', [named('a'), 'Content-Transfer-Encoding: binary']],
  ])('%s', async (_what, headers) => {
    const answer = await predict(part(headers, knot), part([named('b')], gate));
    expect(answer.json().predictions).toMatchObject([{ label: 'knot' }, { label: 'gate' }]);
  });

  it('in base64, if its header says so', async () => {
    const lines = knot.toString('base64').replace(/.{76}/g, '$&\r\n');
    const headers = [named('a'), 'Content-Transfer-Encoding: base64'];
    const answer = await predict(part(headers, Buffer.from(lines)));
    expect(answer.json().predictions).toMatchObject([{ label: 'knot' }]);
  });

  it.each([
    [
      'of text that is an option',
      [disposition('; name="model"')],
      'tiny',
      /Expected model in the query .* got text in the field "model"/,
    ],
    [
      'of text for a package of pictures',
      [disposition('; name="a"')],
      'x',
      /This package reads pictures; got text \(\/support\/1\/input\) \("a"\)$/,
    ],
    ['of text that says so', [disposition('; name="a"'), 'Content-Type: text/plain'], 'x', /got text/],
    [
      'of JSON',
      [disposition('; name="a"'), 'Content-Type: application/json'],
      '{}',
      /reads pictures; got a row of a table/,
    ],
    [
      'of JSON that is none',
      [disposition('; name="a"'), 'Content-Type: application/json'],
      '{',
      /Expected JSON in "a"/,
    ],
    [
      'of JSON that is not UTF-8',
      [disposition('; name="a"'), 'Content-Type: application/json'],
      '"caf\xe9"',
      /UTF-8 in the JSON/,
    ],
    [
      'of a table',
      [
        'Content-Disposition: form-data; name="a"; filename="all.csv"',
        'Content-Type: application/octet-stream',
      ],
      'x,y\n1,2\n',
      /a table in CSV as the whole body \(curl: .*--data-binary.*, got a part of a form \(all\.csv in "a"\)/,
    ],
    [
      'of a table with tabs that says so',
      [disposition('; name="a"'), 'Content-Type: text/tab-separated-values'],
      'x\ty\n1\t2\n',
      /a table in CSV as the whole body .*, got a part of a form \("a"\)/,
    ],
    [
      'of lines of JSON',
      [disposition('; name="a"; filename="all.JSONL"'), 'Content-Type: application/octet-stream'],
      '{"x":1}\n{"x":2}\n',
      /lines of JSON as the whole body \(curl: -H 'content-type: application\/x-ndjson' --data-binary .*, got a part of a form \(all\.JSONL in "a"\)/,
    ],
    [
      'of lines of JSON that say so',
      [disposition('; name="a"'), 'Content-Type: application/jsonl; charset=utf-8'],
      '{"x":1}\n{"x":2}\n',
      /lines of JSON as the whole body .*, got a part of a form \("a"\)/,
    ],
    [
      'of lines of JSON in a file that says so',
      [disposition('; name="a"; filename="all"'), 'Content-Type: application/x-jsonlines'],
      '{"x":1}\n{"x":2}\n',
      /lines of JSON as the whole body .*, got a part of a form \(all in "a"\)/,
    ],
    [
      'of lines of JSON with a longer ending',
      [disposition('; name="a"; filename="all.jsonlines"'), 'Content-Type: application/octet-stream'],
      '{"x":1}\n{"x":2}\n',
      /lines of JSON as the whole body .*, got a part of a form \(all\.jsonlines in "a"\)/,
    ],
    [
      'of JSON in a file',
      [disposition('; name="a"; filename="rows.json"'), 'Content-Type: application/json'],
      '{"x":1}',
      /reads pictures; got a row of a table .*\(rows\.json in "a"\)$/,
    ],
    [
      'of an archive',
      [disposition('; name="a"; filename="all.zip"')],
      'PK\x03\x04',
      /content-type: application\/zip' .*, got a part of a form/,
    ],
    ['of text without a name', [disposition('')], 'x', /a label .*got none \(part 2\)/],
    ['of text that is not UTF-8', [disposition('; name="note"')], 'caf\xe9', /UTF-8 in the text of "note"/],
    [
      'of another transfer encoding',
      [named('a'), 'Content-Transfer-Encoding: quoted-printable'],
      'x',
      /quoted-printable/,
    ],
    ['without a disposition', ['Content-Type: image/png'], 'x', /Content-Disposition.*part 2/],
    [
      'with two labels',
      [named('gate'), named('knot')],
      'x',
      /a part with the header content-disposition twice/,
    ],
    [
      'that is not a picture',
      [named('a')],
      'hello',
      /PNG, JPEG or WebP file at \/support\/1\/input, .*\(a\.png in "a"\)$/,
    ],
  ])('but a part %s is refused, and changes nothing', async (_what, headers, body, detail) => {
    const answer = await adapt(
      'refused',
      part([named('gate')], gate),
      part(headers, Buffer.from(body, 'latin1')),
    );
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json().detail).toMatch(detail);
    expect(await exists('refused')).toBe(false);
  });
});

describe('a form', () => {
  it.each([
    [
      'a file beyond its limit',
      [part([named('big')], Buffer.alloc(2 ** 20 + 1))],
      /files of at most 1048576 bytes \(MAX_FILE_BYTES\), got more \(a\.png in "big"\)/,
    ],
    [
      'files beyond their number',
      Array.from({ length: 21 }, () => part([named('a')], gate)),
      /at most 20 files \(MAX_FILES\)/,
    ],
    [
      'files that are too large together',
      Array.from({ length: 5 }, () => part([named('a')], Buffer.alloc(2 ** 20 - 9))),
      /a form of at most 4194304 bytes/,
    ],
  ])('with %s is refused', async (_what, parts, detail) => {
    const answer = await adapt('too-much', ...parts);
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'payload_too_large']);
    expect(answer.json().detail).toMatch(detail);
    expect(await exists('too-much')).toBe(false);
  });

  it('without a file is refused, in both calls', async () => {
    expect((await adapt('none')).json()).toMatchObject({ code: 'invalid_support_set', got: 'none' });
    expect((await predict()).json()).toMatchObject({ code: 'invalid_input', pointer: '/inputs', got: '0' });
  });

  it('is refused by calls that only accept JSON', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=B' };
    const payload = formOf(part([named('a')], gate));
    const answer = await http.app.inject({ method: 'PUT', url: '/tasks/put', payload, headers });
    expect(answer.json()).toMatchObject({ status: 415, expected: 'a body of application/json' });
  });

  it('is refused because of its first broken picture, even if others are read at the same time', async () => {
    const bad = [3, 4, 5, 6];
    const parts = Array.from({ length: 8 }, (_, n) =>
      part([named(`p${n}`)], bad.includes(n) ? Buffer.alloc(n % 2 === 0 ? 9 : 2 ** 19) : gate),
    );
    for (let i = 0; i < 20; i++) {
      expect((await predict(...parts)).json().detail).toMatch(/\(a\.png in "p3"\)$/);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const json = { 'content-type': 'application/json' };
/** Encodes each character as one byte, like a client without UTF-8. */
const latin1 = (value: unknown) => Buffer.from(JSON.stringify(value), 'latin1');
const send = (url: string, payload: Buffer | string, headers: Record<string, string> = json) =>
  http.app.inject({ method: url.startsWith('/tasks/put') ? 'PUT' : 'POST', url, payload, headers });
const pointsWith = (label: string, rest: object = {}) => ({
  ...points,
  support: [...points.support, { label, input: [0, 1] }],
  ...rest,
});
const wave = { name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 0] };

describe('text that is not UTF-8', () => {
  it.each<[string, string, unknown, string]>([
    ['a label', '/tasks/latin/adapt', pointsWith('b\xe9te'), '/support/3/label'],
    [
      'a label that ends in half a character',
      '/tasks/latin/adapt',
      pointsWith('b\xe2\x82'),
      '/support/3/label',
    ],
    [
      'a character that is written too long',
      '/tasks/latin/adapt',
      pointsWith('\xc0\xaf'),
      '/support/3/label',
    ],
    ['a surrogate in three bytes', '/tasks/latin/adapt', pointsWith('\xed\xa0\x80'), '/support/3/label'],
    [
      'a value of metadata',
      '/tasks/latin/adapt',
      pointsWith('a', { metadata: { city: 'K\xf6ln' } }),
      '/metadata/city',
    ],
    ['a name of a pair of metadata', '/tasks/put', { metadata: { caf\u00e9: '1' } }, '/metadata/caf\ufffd'],
    ['an unknown member', '/tasks/latin/adapt', { 'mod\xe8le': 'x' }, '/mod\ufffdle'],
    ['an input', '/tasks/latin/predict', { inputs: ['\xff'] }, '/inputs/0'],
  ])('in %s is refused with its place', async (_what, url, body, pointer) => {
    const answer = await send(url, latin1(body));
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'invalid_request', got: expect.stringMatching(/not UTF-8/) });
    expect(answer.json().pointer).toBe(pointer);
    expect((await http.app.inject({ url: url.replace(/\/(adapt|predict)$/, '') })).statusCode).toBe(404);
  });

  it('in broken JSON is refused with the byte', async () => {
    const answer = await send('/tasks/latin/adapt', Buffer.from('{"mod\xe8le":', 'latin1'));
    expect(answer.json().detail).toBe(
      'Expected UTF-8 in the JSON body, got text that is not UTF-8: byte 0xe8 at position 5, after "{\\"mod"',
    );
  });

  it('is found after replacement characters that are valid UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"model":"\ufffd\ufffd é", "mode":"'),
      Buffer.from([0xe9, 0x22, 0x7d]),
    ]);
    const answer = await send('/tasks/latin/adapt', body);
    expect(answer.json()).toMatchObject({ pointer: '/mode', got: expect.stringMatching(/position 30/) });
  });

  it('in a request of the inference protocol is refused', async () => {
    for (const body of [{ id: 'caf\xe9', inputs: [wave] }, { inputs: [{ ...wave, datatype: 'FP\xb32' }] }]) {
      const answer = await send('/v2/models/none/infer', latin1(body));
      expect([answer.statusCode, answer.json()]).toEqual([
        400,
        { error: expect.stringMatching(/not UTF-8/) },
      ]);
    }
  });

  it.each(['/tasks?after=%ff', '/tasks?after=%C3', '/tasks?after=%', '/tasks?after=%zz', '/tasks?%e9=1'])(
    'in the query %s is refused',
    async (url) => {
      const answer = await http.app.inject({ url });
      expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringMatching(/UTF-8/)]);
    },
  );

  it.each([
    ['prefer', 'wait=5; \xe9'],
    ['idempotency-key', 'caf\xe9'],
    ['last-event-id', '\xff'],
    ['inference-header-content-length', '\xb2'],
  ])('in the header %s is refused', async (name, value) => {
    const answer = await send('/tasks/latin/adapt', JSON.stringify(points), { ...json, [name]: value });
    expect([answer.statusCode, answer.json().detail]).toEqual([
      400,
      expect.stringMatching(new RegExp(`header ${name}, got text that is not UTF-8`)),
    ]);
  });
});

describe('lone surrogates', () => {
  it.each([
    ['a label', pointsWith('\ud800'), '/support/3/label'],
    ['the second half alone', pointsWith('x\udfff'), '/support/3/label'],
    ['two in the wrong order', pointsWith('\udc00\ud800'), '/support/3/label'],
    ['a value of metadata', pointsWith('a', { metadata: { a: '\udead' } }), '/metadata/a'],
    ['a name of metadata', pointsWith('a', { metadata: { '\ud800': 'a' } }), '/metadata/\ufffd'],
  ])('in %s are refused, because a store could make two labels equal', async (_what, body, pointer) => {
    const answer = await send('/tasks/lone/adapt', JSON.stringify(body));
    expect(answer.json()).toMatchObject({ code: 'invalid_request', pointer });
    expect(answer.json().got).toMatch(/lone surrogate/);
  });

  it('do not affect valid pairs, in any spelling', async () => {
    const body = JSON.stringify(pointsWith('😀')).replace('😀', '\\ud83d\\ude00');
    const answer = await send('/tasks/pairs/adapt', body, { ...json, prefer: 'wait=20' });
    expect(answer.json().support.labels).toEqual({ left: 2, right: 1, '😀': 1 });
  });
});

describe('a JSON body', () => {
  it('may begin with a byte order mark', async () => {
    const answer = await send('/tasks/mark/adapt', `\ufeff${JSON.stringify(points)}`);
    expect(answer.statusCode).toBe(202);
  });

  it('in UTF-16 is refused', async () => {
    const answer = await send('/tasks/wide/adapt', Buffer.from(`\ufeff${JSON.stringify(points)}`, 'utf16le'));
    expect([answer.statusCode, answer.json().got]).toEqual([400, expect.stringMatching(/not UTF-8/)]);
  });

  it.each(['utf8', 'UTF-8', '"utf-8"', 'Utf8 ', '"UTF-8"; version=1'])(
    'may name charset=%s',
    async (charset) => {
      const headers = { 'content-type': `application/json; charset=${charset}` };
      expect([200, 202]).toContain(
        (await send('/tasks/charset/adapt', JSON.stringify(points), headers)).statusCode,
      );
    },
  );

  it.each([
    ['/tasks/c/adapt', 'application/json; charset=iso-8859-1'],
    ['/tasks/c/adapt', 'application/json;charset="UTF-16"'],
    ['/tasks/c/adapt', 'application/json; version=1; Charset=windows-1252'],
    ['/tasks/c/predict', 'application/json; charset=latin1'],
    ['/tasks/put-c', 'application/json; charset=us'],
    ['/tasks/c/adapt?model=tiny-glyph-prototypes', 'multipart/form-data; boundary=b; charset=iso-8859-1'],
    ['/v2/models/c/infer', 'application/json; charset=iso-8859-1'],
  ])('%s as %s is refused', async (url, type) => {
    const answer = await send(url, JSON.stringify(points), { 'content-type': type });
    expect(answer.statusCode).toBe(415);
    expect(answer.body).toMatch(/Expected a body in UTF-8, got charset=/);
  });
});

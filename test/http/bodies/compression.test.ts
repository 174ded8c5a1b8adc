import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/http/limits.ts';
import { binaryRequest, fp32 } from '../inference/bodies.ts';
import { dataUrl, form, glyph, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const MiB = 1024 * 1024;
const http = startApp({ limits: { ...defaultLimits, bodyBytes: MiB, formBytes: MiB } });
const post = (url: string, payload: Buffer, headers: Record<string, string>) =>
  http.app.inject({ method: 'POST', url, payload, headers: { prefer: 'wait=20', ...headers } });
const asJson = (encoding: string) => ({ 'content-type': 'application/json', 'content-encoding': encoding });
const text = (value: unknown) => Buffer.from(JSON.stringify(value));

const glyphs = ['gate', 'knot'].map((label) => ({ label, input: dataUrl(glyph(label, 1)) }));
beforeAll(async () => {
  const { headers } = { headers: { 'content-type': 'application/json' } };
  await post('/tasks/points/adapt', text(points), headers);
  await post('/tasks/glyphs/adapt', text({ model: 'tiny-glyph-prototypes', support: glyphs }), headers);
});

const codings: [string, (bytes: Buffer) => Buffer][] = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['GZip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['identity', (bytes) => bytes],
];

describe.each(codings)('a body in %s', (encoding, compress) => {
  it('is accepted as JSON', async () => {
    const answer = await post('/tasks/zipped/adapt', compress(text(points)), asJson(encoding));
    expect(answer.json()).toMatchObject({ status: 'succeeded', support: { labels: { left: 2, right: 1 } } });
  });

  it('is accepted as a form', async () => {
    const { payload, headers } = form([['knot', glyph('knot', 2)]]);
    const answer = await post('/tasks/glyphs/predict', compress(payload), {
      ...headers,
      'content-encoding': encoding,
    });
    expect(answer.json().predictions).toMatchObject([{ label: 'knot' }]);
  });

  it('is accepted by the inference protocol, whose header counts decompressed bytes', async () => {
    const tensor = { name: 'x', shape: [1, 2], datatype: 'FP32', parameters: { binary_data_size: 8 } };
    const { payload, headers } = binaryRequest({ inputs: [tensor] }, fp32(1, 0));
    const answer = await post('/v2/models/points/infer', compress(payload), {
      ...headers,
      'content-encoding': encoding,
    });
    expect(answer.json().outputs).toMatchObject([{}, { data: ['right'] }]);
  });
});

describe('a compressed body', () => {
  const bomb = gzipSync(Buffer.alloc(8 * MiB, ' '));

  it.each([
    ['JSON', '/tasks/bomb/adapt', asJson('gzip')],
    ['a form', '/tasks/glyphs/predict', { ...form([]).headers, 'content-encoding': 'gzip' }],
    ['a request of the inference protocol', '/v2/models/points/infer', asJson('gzip')],
  ])('that grows beyond the limit is refused, as %s', async (_what, url, headers) => {
    expect(bomb.length).toBeLessThan(MiB / 4);
    const answer = await post(url, bomb, headers);
    expect(answer.statusCode).toBe(413);
    expect(answer.body).toMatch(/at most 1048576 bytes/);
  });

  it.each([
    ['that is not compressed', 'gzip', text(points)],
    ['that is cut short', 'gzip', gzipSync(text(points)).subarray(0, -12)],
    ['in another coding', 'br', gzipSync(text(points))],
  ])('%s is refused', async (_what, encoding, payload) => {
    const answer = await post('/tasks/broken/adapt', payload, asJson(encoding));
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request', expected: encoding });
    expect(answer.json().detail).toMatch(/cannot be decompressed/);
  });

  it.each(['zstd', 'compress', 'gzip, br', 'toString'])(
    'in %s is refused with the name of the encoding',
    async (encoding) => {
      for (const url of ['/tasks/other/adapt', '/v2/models/points/infer']) {
        const answer = await post(url, text(points), asJson(encoding));
        expect([answer.statusCode, answer.headers['accept-encoding']]).toEqual([415, 'gzip, deflate, br']);
        expect(answer.body).toContain(`got ${encoding.toLowerCase()}`);
      }
    },
  );
});

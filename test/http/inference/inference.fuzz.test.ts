import assert from 'node:assert/strict';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { fuzz } from '../../support/fuzz.ts';
import { dataUrl, glyph, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';
import { binaryRequest, byteStrings, fp32, takeApart } from './bodies.ts';

const http = startApp({ onAdapters: true });

beforeAll(async () => {
  const glyphs = ['gate', 'knot'].map((label) => ({ label, input: dataUrl(glyph(label, 1)) }));
  const tasks = { points, glyphs: { model: 'tiny-glyph-prototypes', support: glyphs } };
  for (const [task, payload] of Object.entries(tasks)) {
    const headers = { prefer: 'wait=20' };
    await http.app.inject({ method: 'POST', url: `/tasks/${task}/adapt`, payload, headers });
  }
});

/** Mostly `usual`, sometimes any JSON or a slightly wrong value. */
const mostly = <T>(usual: T, ...others: unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 14, arbitrary: fc.constant<unknown>(usual) },
    {
      weight: 1,
      arbitrary: fc.oneof(fc.constantFrom<unknown>(...others, null, -1, 2 ** 53), fc.jsonValue()),
    },
  );

/** Tensors that are valid for some package. */
const right = [
  { datatype: 'FP32', shape: [2, 2], bytes: fp32(1, 2, 3, 4) },
  { datatype: 'UINT8', shape: [1, 2], bytes: Buffer.of(0, 1) },
  { datatype: 'FP16', shape: [1, 2], bytes: Buffer.of(0, 60, 0, 0) },
  { datatype: 'BYTES', shape: [1], bytes: byteStrings(glyph('gate', 1)) },
  { datatype: 'BYTES', shape: [2], bytes: byteStrings(glyph('knot', 1), glyph('gate', 2)) },
];
const tensors = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...right) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => ({ ...right[3], bytes })) },
);

const requests = tensors.chain(({ datatype, shape, bytes }) => {
  const input = fc.record({
    name: mostly('x', 'y'),
    shape: mostly(shape, [2, 2], [1, 2], [1], [2], [1, 1, 28, 28], [0, 2]),
    datatype: mostly(datatype, 'BOOL', 'UINT64', 'INT16', 'FP64', 'BYTES', 'FP8'),
    data: mostly(undefined, [1, 2, 3, 4], [[1, 2]]),
    parameters: fc.record({ binary_data_size: mostly(bytes.length, bytes.length + 1, undefined) }),
  });
  const json = fc.record(
    {
      id: mostly('1'),
      inputs: fc.oneof({ weight: 9, arbitrary: fc.tuple(input) }, { weight: 1, arbitrary: fc.array(input) }),
      outputs: fc.array(
        fc.record({
          name: mostly('label', 'probabilities'),
          parameters: fc.record(
            { binary_data: mostly(true, false), classification: mostly(1, 9) },
            { requiredKeys: [] },
          ),
        }),
        { maxLength: 2 },
      ),
      parameters: fc.record({ binary_data_output: mostly(true, false) }, { requiredKeys: [] }),
    },
    { requiredKeys: ['inputs'] },
  );
  return json.map((value) => binaryRequest(value, bytes));
});

/** A slightly wrong or random header, and a truncated or extended body. */
const lengths = fc.oneof(
  { weight: 18, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.integer({ min: -9, max: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom('0', '', '-0', '1e1', 'x', '٣', '007') },
);
const cuts = fc.oneof(
  { weight: 18, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: -40, max: 40 }) },
);

const RUNS = 5000;

describe('nearly valid bodies in binary form', () => {
  it('get an answer or a refusal, but never an internal error', async () => {
    const options = fuzz(RUNS);
    const seen = new Map<number, number>();
    const models = fc.constantFrom('points', 'glyphs', 'points', 'glyphs', 'nowhere');
    await fc.assert(
      fc.asyncProperty(models, requests, lengths, cuts, async (model, { payload, headers }, length, cut) => {
        const end = Number(headers['inference-header-content-length']);
        const header = typeof length === 'string' ? length : String(end + (length ?? 0));
        const body = cut < 0 ? payload.subarray(0, cut) : Buffer.concat([payload, Buffer.alloc(cut)]);
        const answer = await http.app.inject({
          method: 'POST',
          url: `/v2/models/${model}/infer`,
          payload: body,
          headers: { ...headers, 'inference-header-content-length': encodeURI(header) },
        });
        const status = answer.statusCode;
        seen.set(status, (seen.get(status) ?? 0) + 1);
        if (status === 200 && answer.headers['content-type'] === 'application/octet-stream') {
          assert.equal(takeApart(answer).rest, 0);
          return;
        }
        const told = answer.json();
        if (status === 200) {
          assert.equal(told.model_name, model);
          return;
        }
        assert.ok(status < 500, answer.body);
        assert.deepEqual(Object.keys(told), ['error']);
        assert.equal(typeof told.error, 'string');
      }),
      options,
    );
    if (options.numRuns < RUNS / 2) return;
    for (const status of [200, 400, 404]) expect(seen.get(status)).toBeGreaterThan(50);
  });
});

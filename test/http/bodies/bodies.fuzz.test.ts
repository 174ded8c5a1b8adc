import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzz } from '../../support/fuzz.ts';
import { anyText } from '../../support/texts.ts';
import { curve, dataUrl, form, glyph, points, steps } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ onAdapters: true });

/** Nearly valid bodies: valid bodies in which some members, at any depth, are missing or replaced by other JSON. */
function nearly(good: unknown): fc.Arbitrary<unknown> {
  const whole = Array.isArray(good)
    ? fc.tuple(...good.map(nearly)).chain((items) => fc.shuffledSubarray(items, { minLength: 0 }))
    : typeof good === 'object' && good !== null
      ? fc.record(mapValues(good, nearly), { requiredKeys: [] })
      : fc.constant(good);
  return fc.oneof({ weight: 12, arbitrary: whole }, { weight: 1, arbitrary: odd });
}

const mapValues = (object: object, map: (value: unknown) => fc.Arbitrary<unknown>) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    '',
    -1,
    1e308,
    0.5,
    '__proto__',
    'constructor',
    [],
    {},
    [[]],
    '\u0000',
    '\ud800',
    2 ** 53,
  ),
  fc.double(),
  anyText(),
  fc.base64String().map((data) => `data:image/png;base64,${data}`),
  fc
    .uint8Array({ maxLength: 40 })
    .map((bytes) => dataUrl(Buffer.concat([glyph('gate', 1).subarray(0, 60), bytes]))),
  fc.record({
    shape: fc.array(fc.integer({ min: -1, max: 4 })),
    dtype: fc.constantFrom('float32', 'uint8', 'bool'),
    data: fc.base64String(),
  }),
);

const glyphs = {
  model: 'tiny-glyph-gradients',
  support: [
    { label: 'a', input: dataUrl(glyph('gate', 1)) },
    { label: 'b', input: dataUrl(glyph('knot', 1)) },
  ],
  settings: { steps: 1, rate: 0.1, seed: 3 },
  mode: 'append',
  metadata: { a: 'b' },
};
const adaptBodies = fc.oneof(...[points, steps, curve, glyphs].map(nearly), odd);
const predictBodies = fc.oneof(
  nearly({
    inputs: [
      [1, 2],
      [0.5, -1],
    ],
  }),
  nearly({ inputs: [[0.5]] }),
  odd,
);
const putBodies = fc.oneof(nearly({ model: 'tiny-curve', metadata: { customer: '42' } }), odd);
const tasks = fc.oneof(
  fc.constantFrom('points', 'curve', 'a', 'b'),
  fc.string({ maxLength: 9 }).map(encodeURIComponent),
);

const json = (body: unknown) => ({
  payload: JSON.stringify(body) ?? '',
  headers: { 'content-type': 'application/json' },
});
const asJson = (bodies: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 20, arbitrary: bodies.map(json) }, { weight: 1, arbitrary: broken });

/** Truncated JSON and forms, and bytes that are neither. */
const broken = fc.oneof(
  fc
    .tuple(fc.jsonValue(), fc.nat(30))
    .map(([value, cut]) => ({ ...json(value), payload: JSON.stringify(value).slice(0, cut) })),
  fc.tuple(fc.string(), fc.nat(700)).map(([name, cut]) => {
    const { payload, headers } = form([[name.replaceAll(/["\r\n]/g, ''), glyph('gate', 1)]]);
    return { payload: payload.subarray(0, cut), headers };
  }),
  fc
    .tuple(
      fc.uint8Array(),
      fc.constantFrom('application/json', 'multipart/form-data; boundary=x', 'text/plain', 'x'),
    )
    .map(([bytes, type]) => ({ payload: Buffer.from(bytes), headers: { 'content-type': type } })),
);

const requests = fc.oneof(
  fc.record({
    method: fc.constant('POST' as const),
    task: tasks,
    call: fc.constantFrom('/adapt', '/adapt?model=tiny-curve'),
    body: asJson(adaptBodies),
  }),
  fc.record({
    method: fc.constant('POST' as const),
    task: tasks,
    call: fc.constant('/predict'),
    body: asJson(predictBodies),
  }),
  fc.record({
    method: fc.constant('PUT' as const),
    task: tasks,
    call: fc.constant(''),
    body: asJson(putBodies),
  }),
);

const RUNS = 10_000;

describe('nearly valid bodies', () => {
  it('get an answer or a refusal, but never an internal error', async () => {
    const options = fuzz(RUNS);
    const seen = new Map<number, number>();
    for (const [task, body] of Object.entries({ points, curve })) {
      await http.app.inject({
        method: 'POST',
        url: `/tasks/${task}/adapt`,
        payload: body,
        headers: { prefer: 'wait=20' },
      });
    }
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, task, call, body }) => {
        const answer = await http.app.inject({ method, url: `/tasks/${task}${call}`, ...body });
        const status = answer.statusCode;
        seen.set(status, (seen.get(status) ?? 0) + 1);
        if (status < 400) return;
        const { code, detail } = answer.json();
        assert.ok(status < 500, `${code}: ${detail}`);
        assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
        assert.match(code, /^[a-z_]+$/);
      }),
      options,
    );
    if (options.numRuns < RUNS / 2) return;
    // The bodies reach every stage: some are accepted, some give predictions, and some are refused early or late.
    for (const status of [200, 201, 202, 400, 404, 409, 415, 422]) expect([...seen.keys()]).toContain(status);
  });
});

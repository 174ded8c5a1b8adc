import assert from 'node:assert/strict';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { fuzz } from '../../support/fuzz.ts';
import { glyph } from '../support/bodies.ts';
import { contentRequests } from '../support/contents.ts';
import { mostly, oddTexts } from '../support/mutations.ts';
import { startApp } from '../support/start-app.ts';
import { binaryRequest, byteStrings, fp32 } from './bodies.ts';

const http = startApp({ byKind: true, onAdapters: true });

beforeAll(async () => {
  for (const { name, adapt } of contentRequests) {
    const answer = await http.app.inject({
      method: 'POST',
      url: `/tasks/${name.replaceAll(' ', '-')}/adapt?${adapt.query ?? ''}`,
      payload: adapt.payload,
      headers: { prefer: 'wait=20', ...adapt.headers },
    });
    expect(answer.json()).toMatchObject({ status: 'succeeded' });
  }
}, 60_000);

/** Elements of BYTES: good contents, damaged ones, and odd texts. */
const elements = fc.oneof(
  mostly(glyph('gate', 1)),
  mostly('I lost my card'),
  oddTexts.map((text) => Buffer.from(text)),
);
const named = (usual: string) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: oddTexts });

/** A tensor as JSON and as bytes. */
interface Given {
  readonly input: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
}

/** BYTES in binary form, sometimes with the wrong number or length of elements. */
const bytesInput = (name: string): fc.Arbitrary<Given> =>
  fc
    .tuple(named(name), fc.array(elements, { maxLength: 3 }), fc.nat(9), fc.nat(20))
    .chain(([called, all, off, more]) =>
      mostly(byteStrings(...all)).map((bytes) => ({
        input: {
          name: called,
          datatype: 'BYTES',
          shape: [off === 0 ? all.length + 1 : all.length],
          parameters: { binary_data_size: more === 0 ? bytes.length + 1 : bytes.length },
        },
        bytes,
      })),
    );

/** BYTES and numbers as JSON. */
const jsonInput = (
  name: string,
  datatype: string,
  values: fc.Arbitrary<unknown>,
  rows?: number,
): fc.Arbitrary<Given> =>
  fc
    .tuple(named(name), fc.array(values, { minLength: rows ?? 0, maxLength: rows ?? 3 }), fc.nat(9))
    .map(([called, data, off]) => ({
      input: { name: called, datatype, shape: [off === 0 ? data.length + 1 : data.length], data },
      bytes: Buffer.alloc(0),
    }));

const numbers = (rows: number): fc.Arbitrary<Given> =>
  fc
    .array(fc.oneof(fc.float(), fc.constantFrom(31, Number.NaN)), { minLength: rows, maxLength: rows })
    .map((values) => ({
      input: {
        name: 'age',
        datatype: 'FP32',
        shape: [values.length],
        parameters: { binary_data_size: 4 * values.length },
      },
      bytes: fp32(...values),
    }));
const cells = fc.oneof(fc.constantFrom<unknown>('Rome', 'Oslo', null, 3), oddTexts);

const contents = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(bytesInput('x')) },
  { weight: 3, arbitrary: fc.tuple(jsonInput('x', 'BYTES', oddTexts)) },
  { weight: 1, arbitrary: fc.array(fc.oneof(numbers(1), bytesInput('x')), { maxLength: 3 }) },
);
const columns = fc.oneof(
  fc.nat(3).chain((rows) => fc.tuple(numbers(rows), jsonInput('city', 'BYTES', cells, rows))),
  fc.tuple(numbers(2), bytesInput('city')),
  fc.array(fc.oneof(numbers(2), jsonInput('age', 'FP32', cells)), { maxLength: 3 }),
);

const requests = fc
  .constantFrom(...contentRequests)
  .chain(({ name, model }) =>
    fc.record({
      task: fc.constant(name.replaceAll(' ', '-')),
      given: model === 'rows' ? columns : contents,
    }),
  )
  .map(({ task, given }) => ({
    task,
    ...binaryRequest({ inputs: given.map(({ input }) => input) }, ...given.map(({ bytes }) => bytes)),
  }));

const RUNS = 3000;

describe('tensors of texts, files and columns', () => {
  it('get an answer or a refusal that says what was expected, but never an internal error', async () => {
    const options = fuzz(RUNS);
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(requests, async ({ task, payload, headers }) => {
        const answer = await http.app.inject({
          method: 'POST',
          url: `/v2/models/${task}/infer`,
          payload,
          headers,
        });
        const { statusCode: status } = answer;
        seen.set(status, (seen.get(status) ?? 0) + 1);
        const told = answer.json();
        if (status === 200) {
          assert.equal(told.model_name, task);
          return;
        }
        assert.ok(status < 500, answer.body);
        assert.deepEqual(Object.keys(told), ['error']);
        assert.match(told.error, /(Expected|reads) .+ got ./s);
        assert.ok(told.error.length < 2000, told.error);
      }),
      options,
    );
    if (options.numRuns < RUNS / 2) return;
    for (const status of [200, 400]) expect(seen.get(status) ?? 0).toBeGreaterThan(50);
  });
});

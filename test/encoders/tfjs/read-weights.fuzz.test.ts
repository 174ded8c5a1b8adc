import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { readWeights } from '../../../src/encoders/tfjs/read-weights.ts';
import { InnerloopError } from '../../../src/errors.ts';
import { fuzz } from '../../support/fuzz.ts';

const dtype = fc.constantFrom('float32', 'int32', 'bool', 'string');
const shape = fc.array(fc.oneof(fc.nat(4), fc.integer(), fc.constant(2 ** 53)), { maxLength: 9 });
const quantization = fc.record(
  { dtype: fc.constantFrom('uint8', 'uint16', 'float16', 'int4'), scale: fc.double(), min: fc.double() },
  { requiredKeys: ['dtype'] },
);
const entry = fc.record(
  { name: fc.constantFrom('a', 'b', 'c', '__proto__'), shape, dtype, quantization },
  { requiredKeys: ['name', 'shape', 'dtype'] },
);
const path = fc.constantFrom('s1', 's2', 's3');
const group = fc.record({
  paths: fc.array(path, { maxLength: 3 }),
  weights: fc.array(entry, { maxLength: 3 }),
});
const model = fc.array(group, { maxLength: 2 }).map((weightsManifest) => ({ weightsManifest }));

/** Reads a model, or refuses it; it never allocates more than four bytes for each byte of the shards. */
function check(json: Uint8Array, shards: ReadonlyMap<string, Uint8Array>): void {
  const given = [...shards.values()].reduce((sum, { length }) => sum + length, 0);
  try {
    const weights = readWeights(json, shards);
    const read = [...weights.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
    assert.ok(read <= 4 * given, `${read} bytes of ${given}`);
  } catch (error) {
    if (!(error instanceof InnerloopError)) throw error;
  }
}

describe('the reader of TensorFlow.js models', () => {
  it('reads or refuses models that lie about their sizes', () => {
    fc.assert(
      fc.property(
        model,
        fc.uint8Array({ maxLength: 64 }),
        fc.uint8Array({ maxLength: 64 }),
        (json, s1, s2) => {
          const shards = new Map([
            ['s1', s1],
            ['s2', s2],
          ]);
          check(Buffer.from(JSON.stringify(json)), shards);
        },
      ),
      fuzz(5000),
    );
  });

  it('reads or refuses mutated bytes of a model', () => {
    const valid = Buffer.from(
      JSON.stringify({
        weightsManifest: [
          {
            paths: ['s1'],
            weights: [
              {
                name: 'a',
                shape: [2, 2],
                dtype: 'float32',
                quantization: { dtype: 'uint8', scale: 1, min: 0 },
              },
              { name: 'b', shape: [3], dtype: 'int32' },
            ],
          },
        ],
      }),
    );
    const mutation = fc.tuple(fc.nat(valid.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) => {
        const bytes = Buffer.from(valid);
        for (const [at, byte] of mutations) bytes[at] = byte;
        check(bytes, new Map([['s1', new Uint8Array(16)]]));
      }),
      fuzz(5000),
    );
  });
});

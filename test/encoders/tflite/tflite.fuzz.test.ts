import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOnnxBuilder } from '../../../src/encoders/onnx-builder.ts';
import { pooledTrunk } from '../../../src/encoders/tflite/pooled-trunk.ts';
import { readTflite } from '../../../src/encoders/tflite/read-tflite.ts';
import { trunk } from '../../../src/encoders/tflite/trunk.ts';
import { InnerloopError } from '../../../src/errors.ts';
import { fuzz } from '../../support/fuzz.ts';
import { quantisedTrunk, smallTrunk } from './small-trunk.ts';

/** What the encoder builder and the importer do with a file. Answers the values that it holds. */
function translate(bytes: Uint8Array): number {
  const model = readTflite(bytes);
  const b = createOnnxBuilder('fuzz');
  const image = { name: b.input('image', ['B', 3, 9, 9]), channels: 3, height: 9, width: 9 };
  trunk(b, model, image, [3]);
  pooledTrunk(bytes);
  return model.tensors.reduce((sum, { constant }) => sum + (constant?.().length ?? 0), 0);
}

describe('tflite files', () => {
  it.each([
    ['floats', smallTrunk()],
    ['weights of 8 bits', quantisedTrunk()],
  ])('with %s that are damaged are read or refused, in little time and memory', (_name, file) => {
    expect(translate(file)).toBe(4 * 27 + 4 + 36 + 4);
    let [read, refused] = [0, 0];
    const place = fc.nat(file.length - 4);
    const edit = fc.tuple(place, fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 255, 0x7fffffff, 0xffffffff)));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.nat(20), (edits, cut) => {
        const bytes = Buffer.from(file);
        for (const [at, value] of edits) {
          if (value > 255) bytes.writeUInt32LE(value, at);
          else bytes[at] = value;
        }
        const started = performance.now();
        try {
          const held = translate(cut === 0 ? bytes.subarray(0, -1 - (edits[0]?.[0] ?? 0)) : bytes);
          // Tensors may share buffers, but no value comes from nowhere.
          assert.ok(held <= 9 * bytes.length, `${held} values`);
          read += 1;
        } catch (error) {
          if (!(error instanceof InnerloopError)) throw error;
          assert.equal(error.code, 'invalid_package');
          assert.match(error.message, /^tflite model: expected .+/s);
          refused += 1;
        }
        assert.ok(performance.now() - started < 2000, 'little time');
      }),
      fuzz(20_000),
    );
    // Both happen, so the edits are neither harmless nor always fatal.
    expect(Math.min(read, refused)).toBeGreaterThan(100);
  });
});

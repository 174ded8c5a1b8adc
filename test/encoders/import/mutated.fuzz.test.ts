import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tapOf } from '../../../src/encoders/import/find-features.ts';
import { inputsOf } from '../../../src/encoders/import/find-inputs.ts';
import { readModel } from '../../../src/encoders/import/read-model.ts';
import { InnerloopError } from '../../../src/errors.ts';
import { importGraph } from '../../../src/graph/import/import-graph.ts';
import { Unreadable } from '../../../src/graph/import/refusal.ts';
import { fuzz } from '../../support/fuzz.ts';
import { networks } from './networks.ts';

const models = Object.values(networks).map((make) => make());

/** What importing does with a file before anything runs. */
function read(bytes: Uint8Array, kind: (typeof models)[number]['kind']): void {
  const model = readModel(bytes);
  const inputs = inputsOf(model, kind, { maxTokens: 8, samples: 400 });
  importGraph(model, { inputs: inputs.values, wanted: [tapOf(model).tensor], maxBytes: 2 ** 22 });
}

describe('foreign models that are damaged', () => {
  it('are read or refused, in little time and memory', () => {
    let [good, refused] = [0, 0];
    // Nodes come first in a file, and the values of weights, which may be anything, behind them.
    const place = fc.oneof({ arbitrary: fc.nat(2000), weight: 1 }, { arbitrary: fc.nat(), weight: 1 });
    const edit = fc.tuple(place, fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 255)));
    fc.assert(
      fc.property(
        fc.nat(models.length - 1),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        fc.oneof({ arbitrary: fc.constant(null), weight: 9 }, { arbitrary: fc.nat(), weight: 1 }),
        (which, edits, cut) => {
          const { bytes, kind } = models[which] as (typeof models)[number];
          const changed = Buffer.from(bytes);
          for (const [at, value] of edits) changed[at % changed.length] = value;
          const started = performance.now();
          try {
            read(cut === null ? changed : changed.subarray(0, cut % changed.length), kind);
            good += 1;
          } catch (error) {
            if (!(error instanceof InnerloopError || error instanceof Unreadable)) throw error;
            assert.match(error.message, /expected .+/is);
            refused += 1;
          }
          assert.ok(performance.now() - started < 5000, 'little time');
        },
      ),
      fuzz(3000),
    );
    expect(Math.min(good, refused)).toBeGreaterThan(100);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { featuresOf } from '../../../src/domain/rows/columns.ts';
import { inferColumns } from '../../../src/domain/rows/infer-columns.ts';
import { vectorise } from '../../../src/domain/rows/vectorise.ts';
import { InnerloopError } from '../../../src/errors.ts';
import { fuzz } from '../../support/fuzz.ts';
import { anyText } from '../../support/texts.ts';

const cell = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(
    null,
    '',
    'NA',
    '1,5',
    '1.234,5',
    '$3',
    '12 %',
    '2025-02-30',
    '2024-02-29',
    '31/12/1999 23:59',
    'true',
  ),
  anyText({ maxLength: 30 }),
);
const table = fc
  .integer({ min: 1, max: 4 })
  .chain((columns) =>
    fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 25 }),
  );

describe('rows', () => {
  it('become d finite numbers each, whatever the cells hold, or are refused', () => {
    fc.assert(
      fc.property(table, table, (support, others) => {
        try {
          const { columns } = inferColumns(support);
          for (const row of [...support, ...others.filter((each) => each.length === support[0]?.length)]) {
            const { features } = vectorise(row, columns);
            assert.equal(features.length, featuresOf(columns));
            assert.ok(features.every(Number.isFinite), `finite numbers: ${features}`);
          }
        } catch (error) {
          if (!(error instanceof InnerloopError)) throw error;
          assert.equal(error.code, 'unlearnable_support_set');
        }
      }),
      fuzz(2000),
    );
  });
});

import { expect, it } from 'vitest';
import { inDeviations } from '../../../src/domain/drift/deviations.ts';

it('features count in deviations of all rows, and one that never differs stays', () => {
  const rows = [
    [1, 1000, 7],
    [3, 5000, 7],
  ].map((row) => Float32Array.from(row));
  expect(inDeviations(rows).map((row) => [...row])).toEqual([
    [1, 0.5, 7],
    [3, 2.5, 7],
  ]);
  expect(inDeviations([])).toEqual([]);
});

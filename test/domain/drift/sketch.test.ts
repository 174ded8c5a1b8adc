import { describe, expect, it } from 'vitest';
import { createSketch, SKETCH_SIZE } from '../../../src/domain/drift/sketch.ts';
import { normalRows } from './samples.ts';

const squared = (x: Float32Array, y: Float32Array) =>
  x.reduce((sum, each, i) => sum + (each - (y[i] as number)) ** 2, 0);

describe('a sketch', () => {
  it('is a copy of features that are few', () => {
    const few = Float32Array.from({ length: SKETCH_SIZE }, (_, i) => i);
    const sketch = createSketch('a')(few);
    expect(sketch).toEqual(few);
    expect(sketch.buffer).not.toBe(few.buffer);
  });

  it('keeps distances on average', () => {
    const sketch = createSketch('a');
    const rows = normalRows(40, 2000, 1);
    const ratios = rows.slice(1).map((row, i) => {
      const before = rows[i] as Float32Array;
      return squared(sketch(before), sketch(row)) / squared(before, row);
    });
    const mean = ratios.reduce((sum, each) => sum + each, 0) / ratios.length;
    expect(mean).toBeGreaterThan(0.9);
    expect(mean).toBeLessThan(1.1);
    // √(2/64) = 0.18 is the deviation.
    for (const ratio of ratios) expect(Math.abs(ratio - 1)).toBeLessThan(0.75);
  });

  it('is the same for the same seed, and another for another', () => {
    const [row = new Float32Array()] = normalRows(1, 300, 1);
    expect(createSketch('a')(row)).toEqual(createSketch('a')(row));
    expect(createSketch('a')(row)).not.toEqual(createSketch('b')(row));
  });
});

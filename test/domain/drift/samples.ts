import { createRandom } from '../../../src/training/random.ts';

/** n rows of d normal numbers around `mean`. */
export function normalRows(n: number, d: number, seed: number, mean = 0): readonly Float32Array[] {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => Float32Array.from({ length: d }, () => mean + random.normal()));
}

import { sizeOf, type Tensor, tensor } from '../../tensor.ts';

/**
 * Examples of one run. Larger runs are hardly faster, and hold the results of all layers of all their examples in memory.
 */
const MAX_PER_RUN = 8;

/** The number of examples in each run, so that all runs of an iteration have equally many. */
export function examplesPerRun(examples: number): number {
  let count = Math.min(examples, MAX_PER_RUN);
  while (examples % count > 0) count -= 1;
  return count;
}

/** [count, …shape], each row written by `write`. */
export function rowsOf(
  shape: readonly number[],
  count: number,
  write: (row: number, into: Float32Array) => void,
): Tensor {
  const size = sizeOf(shape);
  const data = new Float32Array(count * size);
  for (let row = 0; row < count; row++) write(row, data.subarray(row * size, (row + 1) * size));
  return tensor([count, ...shape], data);
}

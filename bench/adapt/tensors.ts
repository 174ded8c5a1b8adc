import { sizeOf, type Tensor } from '../../src/tensor.ts';
import { createRandom } from '../../src/training/random.ts';

const random = createRandom(1);

/** Standard normal values, the same in every run. */
export function normal(name: string, shape: readonly number[]): Tensor {
  const stream = random.fork(name);
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => stream.normal()) };
}

/** Values from 0 to 1, the same in every run. */
export function uniform(name: string, shape: readonly number[]): Tensor {
  const stream = random.fork(name);
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => stream.uniform()) };
}

/** `shots` images of each class, in order, as the network reads them. */
export function episode(name: string, ways: number, shots: number): { x: Tensor; y: Tensor } {
  const rows = ways * shots;
  const data = Float32Array.from({ length: rows * ways }, (_, i) =>
    Math.floor(Math.floor(i / ways) / shots) === i % ways ? 1 : 0,
  );
  return { x: normal(name, [rows, 1, 28, 28]), y: { shape: [rows, ways], data } };
}

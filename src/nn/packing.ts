import { packKernel, unpackKernel } from '../graph/lowering/im2col.ts';
import type { Value } from '../graph/value.ts';
import { type Params, weightOf } from './parameters.ts';

/**
 * A state as programs store it: every convolution kernel [o, c, kh, kw] as the matrix [o, kh·kw·c] that its products
 * read. Without packing, every step and every prediction would transpose the kernels first.
 */
export const pack = (state: Params): Params =>
  mapValues(state, (each) => (isKernel(each) ? packKernel(each) : each));

/** Converts a packed state into the shapes that networks use. `like` is a state before packing. */
export const unpack = (packed: Params, like: Params): Params =>
  mapValues(packed, (each, name) => {
    const original = weightOf(like, name);
    return isKernel(original) ? unpackKernel(each, original.shape) : each;
  });

const isKernel = ({ shape }: Value) => shape.length === 4;

const mapValues = (params: Params, change: (each: Value, name: string) => Value): Params =>
  Object.fromEntries(Object.entries(params).map(([name, each]) => [name, change(each, name)]));

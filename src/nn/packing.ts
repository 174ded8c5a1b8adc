import { packKernel, unpackKernel } from '../graph/lowering/im2col.ts';
import { isOp, topologicalOrder, type Value } from '../graph/value.ts';
import { type Params, weightOf } from './parameters.ts';

/** Names of the weights in `state` that convolutions without groups use as kernels larger than 1×1, for `outputs`. */
export function kernelsAmong(state: Params, outputs: readonly Value[]): ReadonlySet<string> {
  const filters = new Set<Value | undefined>();
  for (const each of topologicalOrder(outputs))
    if (isOp(each, 'Conv') && each.attributes.group === 1) filters.add(each.inputs[1]);
  const read = Object.entries(state).filter(([, weight]) => filters.has(weight));
  return new Set(
    read.flatMap(([name, { shape }]) => (shape.slice(2).some((size) => size !== 1) ? [name] : [])),
  );
}

/**
 * A state as programs store it: every convolution kernel [o, c, kh, kw] as the matrix [o, kh·kw·c] that its products
 * read. Without packing, every step and every prediction would transpose the kernels first.
 */
export const pack = (state: Params, kernels: ReadonlySet<string>): Params =>
  mapValues(state, (each, name) => (kernels.has(name) ? packKernel(each) : each));

/** Converts a packed state into the shapes that networks use. `like` is a state before packing. */
export const unpack = (packed: Params, like: Params, kernels: ReadonlySet<string>): Params =>
  mapValues(packed, (each, name) =>
    kernels.has(name) ? unpackKernel(each, weightOf(like, name).shape) : each,
  );

const mapValues = (params: Params, change: (each: Value, name: string) => Value): Params =>
  Object.fromEntries(Object.entries(params).map(([name, each]) => [name, change(each, name)]));

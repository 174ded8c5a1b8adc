import type { Value } from '../../../../src/graph/value.ts';
import type { Shape } from '../../../../src/onnx/dim.ts';
import { createRandom } from '../../../../src/training/random.ts';
import { type NdArray, sizeOf } from '../array.ts';
import { evaluate, resolve, type Sizes } from '../evaluate.ts';
import { inputsOf } from '../gradients.ts';
import type { Feeds } from '../interpreter.ts';

/** Values for every input, float32 numbers of magnitude 0.5 … 1.5: away from poles and from the kink of ReLU at 0. */
export function sampleFeeds(
  inputs: readonly Value<'Input'>[],
  { sizes = {}, seed = 1, positive = false }: { sizes?: Sizes; seed?: number; positive?: boolean } = {},
): Feeds {
  const random = createRandom(seed);
  return Object.fromEntries(
    inputs.map(({ attributes, shape }) => {
      const stream = random.fork(attributes.name);
      const element = () =>
        Math.fround((0.5 + stream.uniform()) * (positive || stream.uniform() < 0.5 ? 1 : -1));
      return [attributes.name, generate(resolve(shape, sizes), element)];
    }),
  );
}

const generate = (shape: readonly number[], element: () => number): NdArray => ({
  shape,
  data: Float64Array.from({ length: sizeOf(shape) }, element),
});

/** The shape with every symbol replaced by its size. */
export const settle = (shape: Shape, sizes: Sizes): Shape => resolve(shape, sizes);

/** The values for sampled feeds; `given` replaces some of them. */
export function evaluateSampled(
  values: readonly Value[],
  sizes: Sizes = {},
  given: Feeds = {},
): readonly NdArray[] {
  return evaluate(values, { ...sampleFeeds(inputsOf(values), { sizes }), ...given }, sizes);
}

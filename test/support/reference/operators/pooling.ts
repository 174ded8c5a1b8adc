import type { PoolingOps } from '../../../../src/graph/value.ts';
import { at, fill, type NdArray } from '../array.ts';
import { type FamilyInterpreters, operand } from '../interpreter.ts';

type Window = Omit<PoolingOps['MaxPool'], 'dilations'> & { readonly dilations?: readonly number[] };

/** The result of `reduce` over the elements of each window that are in x, and the number of taps in the padding. */
function pool(
  x: NdArray,
  { kernel_shape: kernel, strides, pads, dilations = [1, 1] }: Window,
  reduce: (elements: readonly number[], outside: number) => number,
): NdArray {
  const [batch = 0, channels = 0, ...size] = x.shape;
  const pixels = size.map((dim, i) => {
    const span = (dilations[i] ?? 1) * ((kernel[i] ?? 1) - 1) + 1;
    return Math.floor((dim + (pads[i] ?? 0) + (pads[i + 2] ?? 0) - span) / (strides[i] ?? 1)) + 1;
  });
  const [height = 1, width = 1] = kernel;
  return fill([batch, channels, ...pixels], ([n = 0, c = 0, ...pixel]) => {
    const taps = Array.from({ length: height * width }, (_, t) =>
      [Math.floor(t / width), t % width].map(
        (tap, i) => (pixel[i] ?? 0) * (strides[i] ?? 1) + tap * (dilations[i] ?? 1) - (pads[i] ?? 0),
      ),
    );
    const inside = taps.filter((place) => place.every((p, i) => p >= 0 && p < (size[i] ?? 0)));
    return reduce(
      inside.map((place) => at(x, [n, c, ...place])),
      taps.length - inside.length,
    );
  });
}

const total = (elements: readonly number[]) => elements.reduce((sum, each) => sum + each, 0);

export const pooling: FamilyInterpreters<PoolingOps> = {
  MaxPool: (operands, { attributes }) =>
    pool(operand(operands, 0), attributes, (elements) => Math.max(...elements)),
  AveragePool: (operands, { attributes }) =>
    pool(
      operand(operands, 0),
      attributes,
      (elements, outside) =>
        total(elements) / (elements.length + (attributes.count_include_pad ? outside : 0)),
    ),
};

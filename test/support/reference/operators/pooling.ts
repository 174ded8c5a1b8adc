import type { PoolingOps } from '../../../../src/graph/value.ts';
import { fill, type NdArray } from '../array.ts';
import { type FamilyInterpreters, operand } from '../interpreter.ts';

type Window = Omit<PoolingOps['MaxPool'], 'dilations'> & { readonly dilations?: readonly number[] };

/** The result of `reduce` over the elements of each window that are in x, and the number of taps in the padding. */
function pool(
  x: NdArray,
  { kernel_shape: kernel, strides, pads, dilations = [1, 1] }: Window,
  reduce: (elements: readonly number[], outside: number) => number,
): NdArray {
  const [batch = 0, channels = 0, rows = 0, columns = 0] = x.shape;
  const placesAlong = (axis: 0 | 1) => {
    const [tap = 1, stride = 1, before = 0] = [kernel[axis], strides[axis], pads[axis]];
    const dilation = dilations[axis] ?? 1;
    const room = (x.shape[2 + axis] ?? 0) + before + (pads[axis + 2] ?? 0) - dilation * (tap - 1) - 1;
    return Array.from({ length: Math.floor(room / stride) + 1 }, (_, pixel) =>
      Array.from({ length: tap }, (_, t) => pixel * stride + t * dilation - before),
    );
  };
  const [down, right] = [placesAlong(0), placesAlong(1)];
  return fill([batch, channels, down.length, right.length], ([n = 0, c = 0, p = 0, q = 0]) => {
    const elements: number[] = [];
    let outside = 0;
    for (const row of down[p] ?? [])
      for (const column of right[q] ?? []) {
        if (row < 0 || row >= rows || column < 0 || column >= columns) outside++;
        else elements.push(x.data[((n * channels + c) * rows + row) * columns + column] ?? Number.NaN);
      }
    return reduce(elements, outside);
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

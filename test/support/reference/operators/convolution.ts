import type { ConvAttributes, ConvolutionOps } from '../../../../src/graph/value.ts';
import { at, fill, forEachIndex, type NdArray, sizeOf } from '../array.ts';
import { type FamilyInterpreters, operand } from '../interpreter.ts';

type Numbers = readonly number[];
type Index4 = readonly [number, number, number, number];

const padding = ({ pads }: ConvAttributes, axis: number) => (pads[axis] ?? 0) + (pads[axis + 2] ?? 0);
const span = ({ dilations }: ConvAttributes, kernel: Numbers, axis: number) =>
  (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;

/**
 * Visits the elements of x [n, c, h, w], w [o, c / groups, i, j] and y [n, o, p, q] that belong together in
 *
 *     Σ x w y    over all taps (i, j) of all pixels (p, q) that read inside x
 *
 * A convolution, its transpose and the gradient by its weights are the derivatives of this sum by y, x and w.
 */
function forEachTap(
  shapes: { readonly x: Numbers; readonly w: Numbers; readonly y: Numbers },
  { strides, dilations, pads, group }: ConvAttributes,
  visit: (x: number, w: number, y: number) => void,
): void {
  const [filters, perGroup, kernelHeight, kernelWidth] = shapes.w as Index4;
  const [, channels, height, width] = shapes.x as Index4;
  const [strideDown = 1, strideRight = 1] = strides;
  const [dilationDown = 1, dilationRight = 1] = dilations;
  const [top = 0, left = 0] = pads;
  let y = 0;
  forEachIndex(shapes.y, (index) => {
    const [n, o, p, q] = index as Index4;
    const first = Math.floor(o / (filters / group)) * perGroup;
    let w = o * perGroup * kernelHeight * kernelWidth;
    for (let c = 0; c < perGroup; c++)
      for (let i = 0; i < kernelHeight; i++)
        for (let j = 0; j < kernelWidth; j++, w++) {
          const row = p * strideDown + i * dilationDown - top;
          const column = q * strideRight + j * dilationRight - left;
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          visit(((n * channels + first + c) * height + row) * width + column, w, y);
        }
    y++;
  });
}

function conv(x: NdArray, w: NdArray, bias: NdArray | undefined, attributes: ConvAttributes): NdArray {
  const [filters, , ...kernel] = w.shape as Index4;
  const size = x.shape.slice(2).map((dim, axis) => {
    const room = dim + padding(attributes, axis) - span(attributes, kernel, axis);
    return Math.floor(room / (attributes.strides[axis] ?? 1)) + 1;
  });
  const y = zeros([x.shape[0] ?? 0, filters, ...size]);
  forEachTap({ x: x.shape, w: w.shape, y: y.shape }, attributes, (place, tap, pixel) => {
    y.data[pixel] = number(y, pixel) + number(x, place) * number(w, tap);
  });
  if (!bias) return y;
  return fill(y.shape, (index) => at(y, index) + at(bias, index.slice(1, 2)));
}

/** Adds y[n, o, p] w[o, c, t] to where tap t of pixel p would read. */
function convTranspose(
  y: NdArray,
  w: NdArray,
  { output_padding: extra, ...attributes }: ConvolutionOps['ConvTranspose'],
): NdArray {
  const [, perGroup, ...kernel] = w.shape as Index4;
  const [batch = 0, , ...pixels] = y.shape;
  const size = pixels.map((dim, axis) => {
    const full = (dim - 1) * (attributes.strides[axis] ?? 1) + span(attributes, kernel, axis);
    return full + (extra[axis] ?? 0) - padding(attributes, axis);
  });
  const x = zeros([batch, perGroup * attributes.group, ...size]);
  forEachTap({ x: x.shape, w: w.shape, y: y.shape }, attributes, (place, tap, pixel) => {
    x.data[place] = number(x, place) + number(y, pixel) * number(w, tap);
  });
  return x;
}

function convWeightGradient(
  x: NdArray,
  dy: NdArray,
  attributes: ConvolutionOps['ConvWeightGradient'],
): NdArray {
  const perGroup = (x.shape[1] ?? 0) / attributes.group;
  const w = zeros([dy.shape[1] ?? 0, perGroup, ...attributes.kernel_shape]);
  forEachTap({ x: x.shape, w: w.shape, y: dy.shape }, attributes, (place, tap, pixel) => {
    w.data[tap] = number(w, tap) + number(x, place) * number(dy, pixel);
  });
  return w;
}

const zeros = (shape: Numbers): NdArray => ({ shape, data: new Float64Array(sizeOf(shape)) });
const number = ({ data }: NdArray, offset: number): number => data[offset] ?? Number.NaN;

export const convolution: FamilyInterpreters<ConvolutionOps> = {
  Conv: (operands, { attributes }) =>
    conv(operand(operands, 0), operand(operands, 1), operands[2], attributes),
  ConvTranspose: (operands, { attributes }) =>
    convTranspose(operand(operands, 0), operand(operands, 1), attributes),
  ConvWeightGradient: (operands, { attributes }) =>
    convWeightGradient(operand(operands, 0), operand(operands, 1), attributes),
};

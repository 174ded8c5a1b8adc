import type { ConvAttributes, ConvolutionOps } from '../../../../src/graph/value.ts';
import { at, fill, forEachIndex, type NdArray, padded, scattered, sumOver } from '../array.ts';
import { type FamilyInterpreters, operand } from '../interpreter.ts';

type Numbers = readonly number[];
type Index4 = readonly [number, number, number, number];

/** The input position that tap (i, j) of output pixel (p, q) reads. */
function tap(
  { strides, dilations, pads }: ConvAttributes,
  [p = 0, q = 0]: Numbers,
  [i = 0, j = 0]: Numbers,
): Numbers {
  const along = (axis: number, out: number, t: number) =>
    out * (strides[axis] ?? 1) + t * (dilations[axis] ?? 1) - (pads[axis] ?? 0);
  return [along(0, p, i), along(1, q, j)];
}

/** Spatial sizes; `sign` is 1 for a convolution's output and −1 for its transpose's. */
const padding = ({ pads }: ConvAttributes, axis: number) => (pads[axis] ?? 0) + (pads[axis + 2] ?? 0);
const span = ({ dilations }: ConvAttributes, kernel: Numbers, axis: number) =>
  (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;

function conv(x: NdArray, w: NdArray, bias: NdArray | undefined, attributes: ConvAttributes): NdArray {
  const [filters, perGroup, ...kernel] = w.shape as Index4;
  const size = x.shape.slice(2).map((dim, axis) => {
    const room = dim + padding(attributes, axis) - span(attributes, kernel, axis);
    return Math.floor(room / (attributes.strides[axis] ?? 1)) + 1;
  });
  return fill([x.shape[0] ?? 0, filters, ...size], (index) => {
    const [n, o, ...pixel] = index as Index4;
    const first = Math.floor(o / (filters / attributes.group)) * perGroup;
    const sum = sumOver([perGroup, ...kernel], ([c = 0, ...t]) => {
      return padded(x, [n, first + c, ...tap(attributes, pixel, t)]) * at(w, [o, c, ...t]);
    });
    return sum + (bias ? at(bias, [o]) : 0);
  });
}

/** Scatters y[n, o, p] w[o, c, t] to where tap t of pixel p would read. */
function convTranspose(
  y: NdArray,
  w: NdArray,
  { output_padding: extra, ...attributes }: ConvolutionOps['ConvTranspose'],
): NdArray {
  const [filters, perGroup, ...kernel] = w.shape as Index4;
  const [batch = 0, , ...pixels] = y.shape;
  const size = pixels.map((dim, axis) => {
    const full = (dim - 1) * (attributes.strides[axis] ?? 1) + span(attributes, kernel, axis);
    return full + (extra[axis] ?? 0) - padding(attributes, axis);
  });
  const perGroupIn = filters / attributes.group;
  return scattered([batch, perGroup * attributes.group, ...size], (add) =>
    forEachIndex(
      [batch, filters, perGroup, ...pixels, ...kernel],
      ([n = 0, o = 0, c = 0, p = 0, q = 0, ...t]) => {
        const channel = Math.floor(o / perGroupIn) * perGroup + c;
        add([n, channel, ...tap(attributes, [p, q], t)], at(y, [n, o, p, q]) * at(w, [o, c, ...t]));
      },
    ),
  );
}

function convWeightGradient(
  x: NdArray,
  dy: NdArray,
  attributes: ConvolutionOps['ConvWeightGradient'],
): NdArray {
  const [batch = 0, filters = 0, ...pixels] = dy.shape;
  const perGroup = (x.shape[1] ?? 0) / attributes.group;
  return fill([filters, perGroup, ...attributes.kernel_shape], (index) => {
    const [o, c, ...t] = index as Index4;
    const first = Math.floor(o / (filters / attributes.group)) * perGroup;
    return sumOver([batch, ...pixels], ([n = 0, ...pixel]) => {
      return at(dy, [n, o, ...pixel]) * padded(x, [n, first + c, ...tap(attributes, pixel, t)]);
    });
  });
}

export const convolution: FamilyInterpreters<ConvolutionOps> = {
  Conv: (operands, { attributes }) =>
    conv(operand(operands, 0), operand(operands, 1), operands[2], attributes),
  ConvTranspose: (operands, { attributes }) =>
    convTranspose(operand(operands, 0), operand(operands, 1), attributes),
  ConvWeightGradient: (operands, { attributes }) =>
    convWeightGradient(operand(operands, 0), operand(operands, 1), attributes),
};

import { storedTypeOf } from '../../../onnx/typed-values.ts';
import {
  add,
  cast,
  clip,
  conv,
  div,
  equal,
  maximum,
  minimum,
  mul,
  reduceMax,
  reduceMin,
  reshape,
  round,
  stopGradient,
  sub,
  where,
} from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import { allocate, asValue, isFolded } from '../folded.ts';
import { quantisedAxis } from '../geometry.ts';
import type { OperatorNode } from '../operator-node.ts';
import { Unreadable } from '../refusal.ts';
import { product } from './linalg.ts';
import type { Translations } from './translation.ts';
import { windowOf } from './window.ts';

/**
 * Arithmetic in 8 bits, as float32 that is rounded at the same places. Integers up to 2²⁴ are exact. The gradient takes the
 * rounding for the identity, as in Bengio et al. 2013, arXiv:1308.3432, section 4.
 *
 * @module
 */

/** To the nearest integer; the gradient is that of x. */
const rounded = (x: Value): Value => add(stopGradient(sub(round(x), x)), x);

/** A scale or zero point: one number, or one for each index of an axis of a tensor of this rank. */
function along(node: OperatorNode, i: number, axis: number, rank: number): Value {
  const x = cast(node.value(i), 'float32');
  const size = node.shape(i).reduce((a, b) => a * b, 1);
  if (size === 1) return reshape(x, []);
  if (node.shape(i).length !== 1)
    throw new Unreadable(`${node.label}: expected one scale for each index of an axis`);
  return reshape(
    x,
    Array.from({ length: rank }, (_, each) => (each === node.axis(axis, rank) ? size : 1)),
  );
}

/** The stored integers minus their zero point. For constants with at most one zero point, computed while the model is read. */
export function centred(node: OperatorNode, i: number, zero: number, axis = 0): Value {
  const [x, by] = [node.entry(i), node.has(zero) ? node.entry(zero) : undefined];
  if (!isFolded(x) || (by && (!isFolded(by) || by.data.length > 1))) {
    const held = cast(node.value(i), 'float32');
    return by ? sub(held, along(node, zero, axis, x.shape.length)) : held;
  }
  const made = allocate(node.budget, 'float32', x.shape, node.label);
  const shift = by?.data[0] ?? 0;
  for (let at = 0; at < x.data.length; at++) made.data[at] = (x.data[at] ?? 0) - shift;
  return asValue(x.name === undefined ? made : { ...made, name: x.name });
}

/** (stored − zero) · scale, of operands i, i + 1 and i + 2 */
export const dequantised = (node: OperatorNode, i: number, axis = 1): Value => {
  const rank = node.shape(i).length;
  return mul(centred(node, i, i + 2, axis), along(node, i + 1, axis, rank));
};

type Bounds = readonly [least: number, most: number];
const BOUNDS: Readonly<Record<string, Bounds>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
};

/** The range of the integers of a zero point. Without one, an attribute states their type; by default it is uint8. */
function boundsOf(node: OperatorNode, zero: number): Bounds {
  const dtype = node.int('output_dtype', 0);
  const found = node.has(zero) ? node.entry(zero) : undefined;
  if (found === undefined) {
    const stated = BOUNDS[dtype === 0 ? 'uint8' : (storedTypeOf(dtype) ?? '')];
    if (stated) return stated;
    throw new Unreadable(`${node.label}: expected output_dtype to be of 8 or 16 bits, got type ${dtype}`);
  }
  const bounds = isFolded(found) ? BOUNDS[found.stored ?? ''] : undefined;
  if (bounds) return bounds;
  throw new Unreadable(`${node.label}: expected a constant zero point of 8 or 16 bits`);
}

/**
 * x / scale + zero, rounded and within the range of the type. Scale and zero are operands i and i + 1.
 * @throws Unreadable unless rounding is asked for: such a network runs in 8 bits as it is
 */
export function quantised(node: OperatorNode, x: Value, i: number, axis = 1): Value {
  if (!node.emulates) throw new Unreadable(`${node.label}: expected numbers of float32, got 8 bits`);
  const rank = x.shape.length;
  const [least, most] = boundsOf(node, i + 1);
  const scaled = div(x, along(node, i, axis, rank));
  const zero = node.has(i + 1) ? along(node, i + 1, axis, rank) : undefined;
  if (!zero) return rounded(clip(scaled, { min: least, max: most }));
  const within = minimum(maximum(scaled, sub(least, zero)), sub(most, zero));
  return add(rounded(within), zero);
}

/** A scale and a zero point from the range of x, which always has 0: [stored, scale, zero]. */
function dynamic(node: OperatorNode): readonly Value[] {
  const x = node.value(0);
  const [least, most] = [minimum(reduceMin(x), 0), maximum(reduceMax(x), 0)];
  const step = div(sub(most, least), 255);
  const scale = where(equal(step, 0), 1, step);
  const zero = stopGradient(round(clip(div(sub(0, least), scale), { min: 0, max: 255 })));
  const within = minimum(maximum(div(x, scale), sub(0, zero)), sub(255, zero));
  return [add(rounded(within), zero), scale, zero];
}

/** Zero points of rows of the left operand and of columns of the right one. */
const integerProduct = (node: OperatorNode, a: number, aZero: number, b: number, bZero: number) =>
  product(
    centred(node, a, aZero, node.shape(a).length - 2),
    centred(node, b, bZero, node.shape(b).length - 1),
  );

const convolved = (node: OperatorNode, x: number, xZero: number, w: number, wZero: number): Value => {
  const [size, kernel] = [node.shape(x).slice(2), node.shape(w).slice(2)];
  const options = { ...windowOf(node, kernel, size), group: node.int('group', 1) };
  // Pixels around the picture have the value of the zero point, which is 0 here.
  return conv(centred(node, x, xZero), centred(node, w, wZero), undefined, options);
};

/** Operands: x, its scale and zero, w, its scale and zero, those of the result, and a bias in units of both scales. */
function linearConv(node: OperatorNode): Value {
  const y = convolved(node, 0, 2, 3, 5);
  const rank = y.shape.length;
  const bias = node.has(8) ? along(node, 8, 1, rank) : undefined;
  const units = mul(along(node, 1, 1, rank), along(node, 4, 1, rank));
  return quantised(node, mul(bias ? add(y, bias) : y, units), 6);
}

function linearProduct(node: OperatorNode): Value {
  const y = integerProduct(node, 0, 2, 3, 5);
  const rank = y.shape.length;
  const units = mul(along(node, 1, rank - 2, rank), along(node, 4, rank - 1, rank));
  return quantised(node, mul(y, units), 6);
}

export const quantisation: Translations = {
  QuantizeLinear: (node) => quantised(node, node.value(0), 1, quantisedAxis(node)),
  DequantizeLinear: (node) => dequantised(node, 0, quantisedAxis(node)),
  DynamicQuantizeLinear: dynamic,
  MatMulInteger: (node) => integerProduct(node, 0, 2, 1, 3),
  ConvInteger: (node) => convolved(node, 0, 2, 1, 3),
  QLinearConv: linearConv,
  QLinearMatMul: linearProduct,
};

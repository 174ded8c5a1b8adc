import { normalizeAxis } from '../../onnx/dim.ts';
import { batchNorm, constant, intsOf, layerNorm, scalarOf } from '../ops/index.ts';
import { inputOf, isOp, type Value } from '../value.ts';
import type { Budget } from './refusal.ts';

/**
 * Normalisations that a file writes as arithmetic become one operator again, which the runtime computes in one pass over
 * memory. Their gradients are those of the arithmetic.
 *
 * @module
 */

/** The last axis alone, kept with size 1. */
function isMeanOfLast(x: Value): x is Value<'ReduceMean'> {
  if (!isOp(x, 'ReduceMean') || x.attributes.keepdims !== 1) return false;
  const rank = inputOf(x, 0).shape.length;
  const [axis, ...others] = intsOf(inputOf(x, 1));
  return axis !== undefined && others.length === 0 && normalizeAxis(axis, rank) === rank - 1;
}

const isConstant = (x: Value, size: unknown): boolean =>
  isOp(x, 'Constant') && x.dtype === 'float32' && x.shape.length === 1 && x.shape[0] === size;

/** x and ε of (x − μ) / √(mean((x − μ)²) + ε) over the last axis. */
function standardised(x: Value): { readonly of: Value; readonly epsilon: number } | null {
  if (!isOp(x, 'Div')) return null;
  const [centred, root] = [inputOf(x, 0), inputOf(x, 1)];
  if (!isOp(centred, 'Sub') || !isOp(root, 'Sqrt')) return null;
  const sum = inputOf(root, 0);
  if (!isOp(sum, 'Add')) return null;
  const [variance, epsilon] = [inputOf(sum, 0), scalarOf(inputOf(sum, 1))];
  const [of, mean] = [inputOf(centred, 0), inputOf(centred, 1)];
  if (epsilon === null || !isMeanOfLast(variance) || !isMeanOfLast(mean) || inputOf(mean, 0) !== of)
    return null;
  const square = inputOf(variance, 0);
  const isSquare = isOp(square, 'Mul') && square.inputs.every((each) => isSame(each, centred));
  return isSquare ? { of, epsilon } : null;
}

/** The same value, or the same difference of the same operands: exporters compute x − μ twice. */
const isSame = (a: Value, b: Value): boolean =>
  a === b || (isOp(a, 'Sub') && isOp(b, 'Sub') && a.inputs.every((each, i) => isAlike(each, b.inputs[i])));
const isAlike = (a: Value, b: Value | undefined): boolean =>
  a === b || (b !== undefined && isMeanOfLast(a) && isMeanOfLast(b) && inputOf(a, 0) === inputOf(b, 0));

/** The factor and the other operand of a product with a vector along the last axis. */
function scaled(x: Value): { readonly of: Value; readonly by: Value } | null {
  if (!isOp(x, 'Mul')) return null;
  const [a, b] = [inputOf(x, 0), inputOf(x, 1)];
  const size = x.shape.at(-1);
  if (isConstant(b, size)) return { of: a, by: b };
  return isConstant(a, size) ? { of: b, by: a } : null;
}

function asLayerNorm(node: Value<'Add'>): Value | null {
  const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
  const size = node.shape.at(-1);
  const [product, bias] = isConstant(b, size) ? [a, b] : [b, a];
  const factor = isConstant(bias, size) ? scaled(product) : null;
  const inner = factor && standardised(factor.of);
  return factor && inner ? layerNorm(inner.of, factor.by, bias, { axis: -1, epsilon: inner.epsilon }) : null;
}

/** A constant with one number for each channel, axis 1 of a value of this rank. */
function perChannel(x: Value, rank: number, channels: unknown): Value | null {
  if (!isOp(x, 'Constant') || x.dtype !== 'float32') return null;
  const lead = rank - x.shape.length;
  const fits =
    x.attributes.data.length === channels && x.shape.every((dim, i) => dim === 1 || i + lead === 1);
  const { data, name } = x.attributes;
  return fits ? constant({ shape: [data.length], data }, name) : null;
}

/** x · s + b with numbers for each channel, where no convolution took them. */
function asBatchNorm(node: Value<'Add'>, budget: Budget): Value | null {
  const [product, shift] = [inputOf(node, 0), inputOf(node, 1)];
  const rank = node.shape.length;
  if (!isOp(product, 'Mul') || rank !== 4) return null;
  const [x, factor] = [inputOf(product, 0), inputOf(product, 1)];
  const channels = x.shape[1];
  const [scale, bias] = [perChannel(factor, rank, channels), perChannel(shift, rank, channels)];
  if (!scale || !bias || typeof channels !== 'number' || channels < 2) return null;
  budget.take(2 * 4 * channels, 'statistics of a batch norm');
  const filled = (number: number) =>
    constant({ shape: [channels], data: new Float32Array(channels).fill(number) });
  return batchNorm(x, scale, bias, { mean: filled(0), variance: filled(1) }, { epsilon: 0 });
}

export const asNorms = (node: Value, budget: Budget): Value =>
  isOp(node, 'Add') ? (asLayerNorm(node) ?? asBatchNorm(node, budget) ?? node) : node;

import {
  add,
  cast,
  clip,
  concat,
  gelu,
  globalAveragePool,
  hardSigmoid,
  layerNorm,
  leakyRelu,
  mul,
  relu,
  reshape,
  sigmoid,
  softmax,
  swapLast,
  tanh,
} from '../../../ops/index.ts';
import type { Value } from '../../../value.ts';
import type { Entry } from '../../folded.ts';
import type { OperatorNode } from '../../operator-node.ts';
import { Unreadable } from '../../refusal.ts';
import { convolved } from '../convolution.ts';
import { gemm, product } from '../linalg.ts';
import { rmsNormalised } from '../normalisation.ts';
import { centred, dequantised, quantised } from '../quantised.ts';
import type { Translation, Translations } from '../translation.ts';
import { attention, embedded, multiHead } from './attention.ts';
import { rotaryOfRuntime } from './rotation.ts';

/**
 * Operators of ONNX Runtime that its optimiser and Optimum write in place of several standard ones.
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 *
 * @module
 */

/** α op(A) op(B) of stacks of matrices. */
function fusedProduct(node: OperatorNode): Value {
  if (node.int('transBatchA', 0) !== 0 || node.int('transBatchB', 0) !== 0)
    throw new Unreadable(`${node.label}: expected batch axes in their order`);
  const turned = (i: number, name: string) => {
    const x = node.value(i);
    return node.int(name, 0) === 1 && x.shape.length > 1 ? swapLast(x) : x;
  };
  const y = product(turned(0, 'transA'), turned(1, 'transB'));
  const alpha = node.float('alpha', 1);
  return alpha === 1 ? y : mul(alpha, y);
}

/** A residual sum and its norm: [norm, mean, deviation, sum], of which mean and deviation are of training alone. */
const skipped =
  (norm: (node: OperatorNode, sum: Value) => Value, bias: number): Translation =>
  (node) => {
    const both = add(node.value(0), node.value(1));
    const sum = node.has(bias) ? add(both, node.value(bias)) : both;
    const y = norm(node, sum);
    return [y, y, y, sum].slice(0, Math.max(1, node.outputs)) as readonly Entry[];
  };

const epsilonOf = (node: OperatorNode): number => node.float('epsilon', 1e-12);

const activations: Readonly<Record<string, (x: Value, parameters: readonly number[]) => Value>> = {
  Relu: relu,
  Sigmoid: sigmoid,
  Tanh: tanh,
  LeakyRelu: (x, [alpha = 0.01]) => leakyRelu(x, alpha),
  Clip: (x, [min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY]) => clip(x, { min, max }),
  HardSigmoid: (x, [alpha = 0.2, beta = 0.5]) => hardSigmoid(x, { alpha, beta }),
};

function activated(node: OperatorNode, x: Value, parameters: readonly number[]): Value {
  const name = node.text('activation', '');
  const activation = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (name !== '' && !activation)
    throw new Unreadable(`${node.label}: expected an activation that is known, got ${name}`);
  return activation ? activation(x, parameters) : x;
}

/** A convolution, a sum with operand 3, and an activation. */
const fusedConv: Translation = (node) => {
  const y = convolved(node);
  return activated(node, node.has(3) ? add(y, node.value(3)) : y, node.floats('activation_params') ?? []);
};

const fusedGemm: Translation = (node) =>
  activated(
    node,
    gemm(node),
    ['alpha', 'beta'].flatMap((each) =>
      node.hasAttribute(`activation_${each}`) ? [node.float(`activation_${each}`, 0)] : [],
    ),
  );

/** A rule for operands with scales and zero points. The scale of the result is the second-to-last operand. */
const ofStored =
  (f: (...operands: Value[]) => Value, count: number): Translation =>
  (node) => {
    const operands = Array.from({ length: count }, (_, i) => dequantised(node, 3 * i));
    return quantised(node, f(...operands), 3 * count);
  };

/** Operands: scale and zero of the result, then three of each part. */
const concatenated: Translation = (node) => {
  const parts = Array.from({ length: (node.args.length - 2) / 3 }, (_, i) => dequantised(node, 2 + 3 * i));
  return quantised(node, concat(parts, node.axis(node.int('axis', 0), parts[0]?.shape.length ?? 1)), 0);
};

/**
 * A product of rows in float32 or 8 bits with a matrix of 8 bits. `at`: the operands of the matrix' scale, zero and of the
 * bias.
 */
function scaledProduct(
  node: OperatorNode,
  a: Value,
  [scale, zero, bias]: readonly [number, number, number],
): Value {
  const columns = node.shape(1).length - 1;
  const y = mul(product(a, centred(node, 1, zero, columns)), node.value(scale));
  return node.has(bias) ? add(y, node.value(bias)) : y;
}

/** α (A − a) (B − b) + C in units of both scales, stored in 8 bits if the result has a scale. */
function storedGemm(node: OperatorNode): Value {
  const turned = (i: number, name: string, axis: number) => {
    const isTurned = node.int(name, 0) === 1;
    const x = centred(node, i, i + 2, isTurned ? 1 - axis : axis);
    return isTurned ? swapLast(x) : x;
  };
  const y = product(turned(0, 'transA', 0), turned(3, 'transB', 1));
  const units = mul(node.float('alpha', 1), mul(reshape(node.value(1), []), node.value(4)));
  const whole = mul(node.has(6) ? add(y, cast(node.value(6), 'float32')) : y, units);
  return node.has(7) ? quantised(node, whole, 7) : whole;
}

const operators: Translations = {
  Gelu: (node) => gelu(node.value(0)),
  BiasGelu: (node) => gelu(add(node.value(0), node.value(1))),
  FastGelu: (node) => gelu(node.has(1) ? add(node.value(0), node.value(1)) : node.value(0), 'tanh'),
  QuickGelu: (node) => mul(node.value(0), sigmoid(mul(node.float('alpha', 1.702), node.value(0)))),
  FusedMatMul: fusedProduct,
  FusedConv: fusedConv,
  FusedGemm: fusedGemm,
  SkipLayerNormalization: skipped(
    (node, x) => layerNorm(x, node.value(2), node.optional(3), { epsilon: epsilonOf(node) }),
    4,
  ),
  SkipSimplifiedLayerNormalization: skipped((node, x) => rmsNormalised(x, node.value(2), epsilonOf(node)), 3),
  EmbedLayerNormalization: embedded,
  Attention: attention,
  MultiHeadAttention: multiHead,
  RotaryEmbedding: rotaryOfRuntime,
  QGemm: storedGemm,
  QLinearConcat: concatenated,
  QLinearAdd: ofStored((a, b) => add(a as Value, b as Value), 2),
  QLinearMul: ofStored((a, b) => mul(a as Value, b as Value), 2),
  QLinearSigmoid: ofStored((x) => sigmoid(x as Value), 1),
  QLinearLeakyRelu: (node) => quantised(node, leakyRelu(dequantised(node, 0), node.float('alpha', 0.01)), 3),
  QLinearSoftmax: (node) => {
    if (node.int('opset', 13) < 13) throw new Unreadable(`${node.label}: expected one axis`);
    return quantised(node, softmax(dequantised(node, 0), node.axis(node.int('axis', -1))), 3);
  },
  QLinearGlobalAveragePool: (node) => {
    if (node.int('channels_last', 0) === 1) throw new Unreadable(`${node.label}: expected channels first`);
    return quantised(node, globalAveragePool(dequantised(node, 0)), 3);
  },
  MatMulIntegerToFloat: (node) => {
    const rows = mul(centred(node, 0, 4), reshape(node.value(2), []));
    return scaledProduct(node, rows, [3, 5, 6]);
  },
};

export const contrib: Translations = Object.fromEntries(
  Object.entries(operators).map(([name, translation]) => [`com.microsoft.${name}`, translation]),
);

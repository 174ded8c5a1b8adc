import { none, type Value, value } from '../value.ts';
import { add, div, erf, mul, sigmoid } from './elementwise.ts';

/**
 * Activations with parameters, and those that ONNX writes as one operator only from later versions on. Attributes are
 * float32, so they are rounded at once: all that is derived from them then agrees.
 *
 * @module
 */

/** x where x > 0, alpha · x elsewhere. */
export function leakyRelu(x: Value, alpha = 0.01): Value<'LeakyRelu'> {
  return value('LeakyRelu', [x], { alpha: Math.fround(alpha) });
}

/** x where x > 0, slope · x elsewhere. The slope broadcasts to x. */
export function prelu(x: Value, slope: Value): Value<'PRelu'> {
  return value('PRelu', [x, slope], none);
}

/** x where x > 0, alpha · (eˣ − 1) elsewhere. */
export function elu(x: Value, alpha = 1): Value<'Elu'> {
  return value('Elu', [x], { alpha: Math.fround(alpha) });
}

/** gamma · elu(x, alpha). @see Klambauer et al., Self-Normalizing Neural Networks (2017) for the constants. */
export function selu(
  x: Value,
  { alpha = 1.6732632423543772, gamma = 1.0507009873554805 } = {},
): Value<'Selu'> {
  return value('Selu', [x], { alpha: Math.fround(alpha), gamma: Math.fround(gamma) });
}

/** max(0, min(1, alpha · x + beta)), a sigmoid of three straight lines. */
export function hardSigmoid(x: Value, { alpha = 0.2, beta = 0.5 } = {}): Value<'HardSigmoid'> {
  return value('HardSigmoid', [x], { alpha: Math.fround(alpha), beta: Math.fround(beta) });
}

/** x · max(0, min(1, x / 6 + 1/2)) */
export function hardSwish(x: Value): Value<'HardSwish'> {
  return value('HardSwish', [x], none);
}

/**
 * x Φ(x) with the normal distribution Φ, or with `tanh` its approximation
 * ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))). The runtime computes the former as one operator.
 * @see Hendrycks & Gimpel, Gaussian Error Linear Units (2016)
 */
export function gelu(x: Value, approximate: 'none' | 'tanh' = 'none'): Value {
  if (approximate === 'none') return mul(mul(x, add(erf(div(x, Math.SQRT2)), 1)), 0.5);
  // ½ (1 + tanh z) is the sigmoid of 2z, in fewer operators.
  const slope = 2 * Math.sqrt(2 / Math.PI);
  return mul(x, sigmoid(mul(x, add(mul(mul(x, x), slope * 0.044715), slope))));
}

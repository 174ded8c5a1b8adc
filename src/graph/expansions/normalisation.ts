import type { Dim } from '../../onnx/dim.ts';
import { productOf } from '../../onnx/dim.ts';
import {
  add,
  averagePool,
  div,
  mul,
  pow,
  reduceMean,
  reshape,
  reshapeLike,
  sqrt,
  sub,
} from '../ops/index.ts';
import { inputOf, type Value } from '../value.ts';

/** (x − μ) / √(σ² + ε) over `axes`. */
function standardised(x: Value, axes: readonly number[], epsilon: number): Value {
  const centred = sub(x, reduceMean(x, axes, { keepdims: true }));
  const variance = reduceMean(mul(centred, centred), axes, { keepdims: true });
  return div(centred, sqrt(add(variance, epsilon)));
}

const axesFrom = ({ shape }: Value, first: number) => shape.map((_, axis) => axis).slice(first);

/** [c] as it broadcasts to x [n, c, …]. */
function perChannel(parameter: Value, x: Value): Value {
  return reshape(parameter, [parameter.shape[0] as Dim, ...x.shape.slice(2).map(() => 1)]);
}

export function layerNormExpansion(y: Value<'LayerNormalization'>): Value {
  const [x, scale, bias] = [inputOf(y, 0), inputOf(y, 1), y.inputs[2]];
  const scaled = mul(standardised(x, axesFrom(x, y.attributes.axis), y.attributes.epsilon), scale);
  return bias ? add(scaled, bias) : scaled;
}

export function instanceNormExpansion(y: Value<'InstanceNormalization'>): Value {
  const [x, scale, bias] = [inputOf(y, 0), inputOf(y, 1), inputOf(y, 2)];
  const normalised = standardised(x, axesFrom(x, 2), y.attributes.epsilon);
  return add(mul(normalised, perChannel(scale, x)), perChannel(bias, x));
}

export function batchNormExpansion(y: Value<'BatchNormalization'>): Value {
  const [x, scale, bias, mean, variance] = [0, 1, 2, 3, 4].map((i) => inputOf(y, i)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
  ];
  const factor = div(scale, sqrt(add(variance, y.attributes.epsilon)));
  return add(mul(sub(x, perChannel(mean, x)), perChannel(factor, x)), perChannel(bias, x));
}

/** The squares are averaged over neighbouring channels as over the rows of a picture. */
export function localResponseExpansion(y: Value<'LRN'>): Value {
  const x = inputOf(y, 0);
  const { alpha, beta, bias, size } = y.attributes;
  const [n, channels, ...places] = x.shape as readonly [Dim, Dim, ...Dim[]];
  const around = (size - 1) / 2;
  const squares = reshape(mul(x, x), [n, 1, channels, productOf(places)]);
  const means = averagePool(squares, [size, 1], {
    pads: [around, 0, around, 0],
    countIncludePad: true,
  });
  return div(x, pow(add(mul(reshapeLike(means, x), alpha), bias), beta));
}

import {
  lowerConv,
  lowerConvTranspose,
  lowerConvWeightGradient,
  type Surroundings,
} from '../lowering/conv.ts';
import { isDepthwise } from '../lowering/depthwise.ts';
import { keepPadApart } from '../lowering/pooling.ts';
import { lowerScatterND } from '../lowering/scatter.ts';
import { hardSigmoid } from '../ops/index.ts';
import { includingBodies } from '../rewriting/including-bodies.ts';
import { type Pass, rewrite } from '../rewriting/rewrite.ts';
import { inputOf, isOp, type OpType, type Value } from '../value.ts';

/** The largest float32: its product with any normal number is at least 1. */
const MAX_FLOAT32 = 3.4028234663852886e38;

/** Replacements in ONNX operators: for our own operators, and for ONNX operators that have a faster equivalent. */
const lowerings: { readonly [Op in OpType]?: (value: Value<Op>, surroundings: Surroundings) => Value } = {
  ScatterND: lowerScatterND,
  StopGradient: (value) => inputOf(value, 0),
  Step: (value) => hardSigmoid(inputOf(value, 0), { alpha: MAX_FLOAT32, beta: 0 }),
  Conv: lowerConv,
  ConvWeightGradient: lowerConvWeightGradient,
  ConvTranspose: lowerConvTranspose,
  MaxPool: keepPadApart,
  AveragePool: keepPadApart,
};

/** Leaves only standard ONNX operators. */
export const lower: Pass = includingBodies((outputs, order) => {
  const surroundings: Surroundings = { isDepthwise: order.some(learnsDepthwise) };
  const lowered = (value: Value): Value => {
    const lowering = lowerings[value.op] as ((value: Value, surroundings: Surroundings) => Value) | undefined;
    return lowering ? lowering(value, surroundings) : value;
  };
  return rewrite(outputs, lowered, order);
});

const learnsDepthwise = (value: Value): boolean =>
  isOp(value, 'ConvWeightGradient') &&
  isDepthwise(value.shape[0], inputOf(value, 0).shape[1], value.attributes.group);

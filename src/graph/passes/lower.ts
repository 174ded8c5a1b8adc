import { lowerConv, lowerConvWeightGradient } from '../lowering/conv.ts';
import { lowerConvTranspose } from '../lowering/conv-transpose.ts';
import { keepPadApart } from '../lowering/pooling.ts';
import { hardSigmoid } from '../ops/index.ts';
import { includingBodies } from '../rewriting/including-bodies.ts';
import { type Pass, rewrite } from '../rewriting/rewrite.ts';
import { inputOf, type OpType, type Value } from '../value.ts';

/** The largest float32: its product with any normal number is at least 1. */
const MAX_FLOAT32 = 3.4028234663852886e38;

/** Replacements in ONNX operators: for our own operators, and for ONNX operators that have a faster equivalent. */
const lowerings: { readonly [Op in OpType]?: (value: Value<Op>) => Value } = {
  StopGradient: (value) => inputOf(value, 0),
  Step: (value) => hardSigmoid(inputOf(value, 0), { alpha: MAX_FLOAT32, beta: 0 }),
  Conv: lowerConv,
  ConvWeightGradient: lowerConvWeightGradient,
  ConvTranspose: lowerConvTranspose,
  MaxPool: keepPadApart,
  AveragePool: keepPadApart,
};

/** Leaves only standard ONNX operators. */
export const lower: Pass = includingBodies((outputs) =>
  rewrite(outputs, (value) => {
    const lowering = lowerings[value.op] as ((value: Value) => Value) | undefined;
    return lowering ? lowering(value) : value;
  }),
);

import { inputOf, type OpType, type Value } from '../value.ts';
import { throughout } from './including-bodies.ts';
import { lowerConv, lowerConvWeightGradient } from './lower-conv.ts';
import { lowerConvTranspose } from './lower-conv-transpose.ts';
import { type Pass, rewrite } from './rewrite.ts';

/** Operators of ours that ONNX lacks, and those with a faster writing, each in operators that ONNX has. */
const lowerings: { readonly [Op in OpType]?: (value: Value<Op>) => Value } = {
  StopGradient: (value) => inputOf(value, 0),
  Conv: lowerConv,
  ConvWeightGradient: lowerConvWeightGradient,
  ConvTranspose: lowerConvTranspose,
};

/** Leaves nothing but standard ONNX operators. */
export const lower: Pass = throughout((outputs) =>
  rewrite(outputs, (value) => {
    const lowering = lowerings[value.op] as ((value: Value) => Value) | undefined;
    return lowering ? lowering(value) : value;
  }),
);

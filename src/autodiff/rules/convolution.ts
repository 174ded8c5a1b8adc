import {
  type ConvOptions,
  conv,
  convTranspose,
  convWeightGradient,
  reduceSum,
} from '../../graph/ops/index.ts';
import type { ConvolutionOps } from '../../graph/value.ts';
import { inputOf, type Value } from '../../graph/value.ts';
import type { FamilyRules } from '../rule.ts';

const spatialShape = ({ shape }: Value): readonly number[] => shape.slice(2).map(Number);

/**
 * The attributes that all three operators share. `convTranspose` and `convWeightGradient` derive their other attribute.
 */
const geometry = ({ strides, pads, dilations, group }: ConvolutionOps['Conv']): ConvOptions => ({
  strides,
  pads,
  dilations,
  group,
});

/**
 * y = conv(x, w) is linear in x and in w, and so are its adjoints: the three operators
 *
 *     y  = conv(x, w)        dx = convTranspose(dy, w)        dw = convWeightGradient(x, dy)
 *
 * are each other's derivatives, to any order. All three take the geometry of `conv`.
 */
export const convolutionRules: FamilyRules<ConvolutionOps> = {
  Conv(y, dy) {
    const [x, w, bias] = [inputOf(y, 0), inputOf(y, 1), y.inputs[2]];
    const g = geometry(y.attributes);
    const dx = convTranspose(dy, w, spatialShape(x), g);
    const dw = convWeightGradient(x, dy, spatialShape(w), g);
    return bias ? [dx, dw, reduceSum(dy, [0, 2, 3])] : [dx, dw];
  },
  ConvTranspose(y, dy) {
    const [u, w] = [inputOf(y, 0), inputOf(y, 1)];
    const g = geometry(y.attributes);
    return [conv(dy, w, undefined, g), convWeightGradient(dy, u, spatialShape(w), g)];
  },
  ConvWeightGradient(y, dw) {
    const [x, dy] = [inputOf(y, 0), inputOf(y, 1)];
    const g = geometry(y.attributes);
    return [convTranspose(dy, dw, spatialShape(x), g), conv(x, dw, undefined, g)];
  },
};

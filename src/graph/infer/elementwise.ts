import { broadcastShapes, type Shape } from '../../onnx/dim.ts';
import { dataTypes } from '../../onnx/schema.ts';
import type { DType, ElementwiseOps, Operation, Type } from '../node.ts';
import { inputOf } from '../node.ts';
import { type FamilyInferences, typeOf } from './inference.ts';

const NUMBERS: readonly DType[] = ['float32', 'int64'];
const FLOATS: readonly DType[] = ['float32'];
const BOOLS: readonly DType[] = ['bool'];

/** Operands of one of the types `of`, whose shapes broadcast. The result has their type, or the type `makes`. */
const elements =
  (of?: readonly DType[], makes?: DType) =>
  ({ inputs }: Operation): Type => {
    const dtype = typeOf(inputs, of);
    const shape = inputs.map((each) => each.shape).reduce<Shape>(broadcastShapes, []);
    return { shape, dtype: makes ?? dtype };
  };

const arithmetic = elements(NUMBERS);
const real = elements(FLOATS);
const comparison = elements(NUMBERS, 'bool');
const logical = elements(BOOLS);

export const elementwise: FamilyInferences<ElementwiseOps> = {
  Add: arithmetic,
  Sub: arithmetic,
  Mul: arithmetic,
  Div: arithmetic,
  Equal: elements(undefined, 'bool'),
  Less: comparison,
  LessOrEqual: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  And: logical,
  Or: logical,
  Not: logical,
  Where(node) {
    const condition = inputOf(node, 0);
    if (condition.dtype !== 'bool')
      throw new RangeError(`Expected a condition of type bool, got ${condition.dtype}`);
    const { shape, dtype } = elements()({ ...node, inputs: node.inputs.slice(1) });
    return { shape: broadcastShapes(condition.shape, shape), dtype };
  },
  IsNaN: elements(FLOATS, 'bool'),
  Cast(node) {
    const dtype = (Object.keys(dataTypes) as DType[]).find((each) => dataTypes[each] === node.attributes.to);
    if (!dtype) throw new RangeError(`Expected a type to cast to, got ${node.attributes.to}`);
    return { shape: inputOf(node, 0).shape, dtype };
  },
  Neg: arithmetic,
  Exp: real,
  Log: real,
  Sqrt: real,
  Sign: arithmetic,
  Relu: real,
  Step: real,
  HardSigmoid: real,
  Sigmoid: real,
  Tanh: real,
};

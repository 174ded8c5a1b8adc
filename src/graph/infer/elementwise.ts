import { broadcastShapes, type Shape, sameShape } from '../../onnx/dim.ts';
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
    const [first, ...others] = inputs;
    const shape = others.reduce<Shape>((all, each) => broadcastShapes(all, each.shape), first?.shape ?? []);
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
  Max: arithmetic,
  Min: arithmetic,
  Clip(node) {
    const type = arithmetic(node);
    const bounds = node.inputs.slice(1);
    if (bounds.some(({ shape }) => shape.length > 0))
      throw new RangeError(
        `Expected bounds that are scalars, got ${bounds.map(({ shape }) => `[${shape}]`)}`,
      );
    return type;
  },
  Mod(node) {
    const type = arithmetic(node);
    if (type.dtype === 'float32' && node.attributes.fmod === 0)
      throw new RangeError('Expected integers or fmod 1, got float32 with fmod 0');
    return type;
  },
  Pow: real,
  Neg: arithmetic,
  Abs: arithmetic,
  Reciprocal: real,
  Floor: real,
  Ceil: real,
  Round: real,
  Sin: real,
  Cos: real,
  Exp: real,
  Log: real,
  Sqrt: real,
  Erf: real,
  Sign: arithmetic,
  Relu: real,
  Step: real,
  LeakyRelu: real,
  PRelu(node) {
    const [x, slope] = [inputOf(node, 0), inputOf(node, 1)];
    const type = real(node);
    if (sameShape(type.shape, x.shape)) return type;
    throw new RangeError(`Expected slopes that broadcast to [${x.shape}], got [${slope.shape}]`);
  },
  Elu: real,
  Selu: real,
  Softplus: real,
  HardSwish: real,
  HardSigmoid: real,
  Sigmoid: real,
  Tanh: real,
};

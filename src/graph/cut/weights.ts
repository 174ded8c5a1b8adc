import { sizeOf } from '../../tensor.ts';
import { inputOf, isOp, type OpType, type Value } from '../value.ts';

/** The operands of operators that hold weights if they are constants. Other constants are sizes, bounds and masks. */
const PLACES: { readonly [Op in OpType]?: readonly number[] } = {
  Conv: [1, 2],
  ConvTranspose: [1],
  MatMul: [0, 1],
  Gemm: [0, 1, 2],
  Add: [0, 1],
  Mul: [0, 1],
  PRelu: [1],
  LayerNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  // Not the stored means and variances.
  BatchNormalization: [1, 2],
  Gather: [0],
};

/** Whether an operand is a weight that can be trained. Single numbers are not: they are parts of formulas. */
export function isWeight(user: Value, place: number): boolean {
  const operand = inputOf(user, place);
  return (
    isOp(operand, 'Constant') &&
    operand.dtype === 'float32' &&
    operand.attributes.data.length > 1 &&
    (PLACES[user.op]?.includes(place) ?? false) &&
    !isBareNorm(user)
  );
}

/** Instance norms without parameters, also those within group norms, are written with scales of 1 and shifts of 0. */
function isBareNorm(user: Value): boolean {
  const isFilled = (place: number, number: number) => {
    const operand = inputOf(user, place);
    return isOp(operand, 'Constant') && operand.attributes.data.every((each) => Number(each) === number);
  };
  return isOp(user, 'InstanceNormalization') && isFilled(1, 1) && isFilled(2, 0);
}

/** The axis of a weight along which its output channels lie; null if its numbers are those of one vector or table. */
export function channelAxis(user: Value, place: number): number | null {
  const { shape } = inputOf(user, place);
  if (sizeOf(shape.map(Number)) === Math.max(...shape.map(Number))) return null;
  if (isOp(user, 'Conv')) return place === 1 ? 0 : null;
  if (isOp(user, 'MatMul')) return place === 1 ? shape.length - 1 : shape.length - 2;
  if (!isOp(user, 'Gemm') || place > 1) return null;
  const { transA, transB } = user.attributes;
  return place === 1 ? (transB ? 0 : 1) : transA ? 1 : 0;
}

import { sameShape } from '../../onnx/dim.ts';
import { shapeOf } from '../ops/index.ts';
import { type Pass, rewrite } from '../rewriting/rewrite.ts';
import { inputOf, isOp, topologicalOrder, type Value } from '../value.ts';

/**
 * Dimensions are read off an input that has them, rather than off a value on the way: it is then one expression for all
 * who ask, there before anything is computed, and the same in every repetition of a step.
 */
export const shapesOfInputs: Pass = (outputs) => {
  const inputs = topologicalOrder(outputs).filter((each) => isOp(each, 'Input'));
  return rewrite(outputs, (value) => (isOp(value, 'Shape') ? readOff(inputs, value) : value));
};

function readOff(inputs: readonly Value[], value: Value<'Shape'>): Value {
  const { start, end } = value.attributes;
  const wanted = inputOf(value, 0).shape.slice(start, end);
  for (const input of inputs) {
    for (let at = 0; at + wanted.length <= input.shape.length; at++) {
      const to = at + wanted.length;
      if (sameShape(input.shape.slice(at, to), wanted)) return shapeOf(input, at, to);
    }
  }
  return value;
}

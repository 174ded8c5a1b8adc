import { sameShape } from '../../onnx/dim.ts';
import { shapeOf } from '../ops/index.ts';
import { type Pass, rewrite } from '../rewriting/rewrite.ts';
import { inputOf, isOp, topologicalOrder, type Value } from '../value.ts';

/**
 * Reads dimensions from a graph input that has them instead of from an intermediate value. All readers then share one
 * expression, which needs no computed value and is the same in every unrolled step.
 */
export const shapesOfInputs: Pass = (outputs) => {
  const order = topologicalOrder(outputs);
  const inputs = order.filter((each) => isOp(each, 'Input'));
  return rewrite(outputs, (value) => (isOp(value, 'Shape') ? readFromInput(inputs, value) : value), order);
};

function readFromInput(inputs: readonly Value[], value: Value<'Shape'>): Value {
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

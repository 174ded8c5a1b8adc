import {
  countOf,
  div,
  expandLike,
  intsOf,
  mul,
  reduceSum,
  reshape,
  softmax,
  sub,
} from '../../graph/ops/index.ts';
import type { ReductionOps } from '../../graph/value.ts';
import { inputOf, type Value } from '../../graph/value.ts';
import type { FamilyRules } from '../rule.ts';

/** dy repeated along the axes that were reduced. */
function spread(y: Value, dy: Value): Value {
  const x = inputOf(y, 0);
  const axes = intsOf(inputOf(y, 1));
  const kept = x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim));
  return expandLike(reshape(dy, kept), x);
}

export const reductionRules: FamilyRules<ReductionOps> = {
  // dx = dy, repeated
  ReduceSum: (y, dy) => [spread(y, dy), null],
  // dx = dy / count, repeated
  ReduceMean: (y, dy) => [spread(y, div(dy, countOf(inputOf(y, 0), intsOf(inputOf(y, 1))))), null],
  /**
   * dx = y ⊙ (dy − Σ_axis(dy ⊙ y)).
   * @see Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.106
   */
  Softmax(y, dy) {
    const inner = reduceSum(mul(dy, y), [y.attributes.axis], { keepdims: true });
    return [mul(y, sub(dy, inner))];
  },
  // dx = dy − softmax(x) ⊙ Σ_axis dy
  LogSoftmax(y, dy) {
    const { axis } = y.attributes;
    const total = reduceSum(dy, [axis], { keepdims: true });
    return [sub(dy, mul(softmax(inputOf(y, 0), axis), total))];
  },
  // An index, which is piecewise constant in x.
  ArgMin: () => [null],
};

import {
  cast,
  countOf,
  cumSum,
  div,
  equal,
  exp,
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
import { positiveOrHuge } from '../positive-or-huge.ts';
import type { FamilyRules, GradientRule } from '../rule.ts';

/** The result of a reduction with its axes kept, so that it broadcasts to x. */
function kept(y: Value, result: Value): Value {
  const axes = intsOf(inputOf(y, 1));
  return reshape(
    result,
    inputOf(y, 0).shape.map((dim, i) => (axes.includes(i) ? 1 : dim)),
  );
}

/** dx = dy / ties where x is the largest (or smallest) element; `ties` is the number of such elements. */
const shared: GradientRule<'ReduceMax' | 'ReduceMin'> = (y, dy) => {
  const chosen = cast(equal(inputOf(y, 0), kept(y, y)), 'float32');
  const ties = reduceSum(chosen, intsOf(inputOf(y, 1)), { keepdims: true });
  return [mul(chosen, div(kept(y, dy), ties)), null];
};

/** dy repeated along the axes that were reduced. */
function spread(y: Value, dy: Value): Value {
  return expandLike(kept(y, dy), inputOf(y, 0));
}

export const reductionRules: FamilyRules<ReductionOps> = {
  // dx = dy, repeated
  ReduceSum: (y, dy) => [spread(y, dy), null],
  // dx = dy / count, repeated
  ReduceMean: (y, dy) => [spread(y, div(dy, countOf(inputOf(y, 0), intsOf(inputOf(y, 1))))), null],
  ReduceMax: shared,
  ReduceMin: shared,
  // dx = dy ⊙ x / y. The derivative at x = 0 is taken as 0.
  ReduceL2: (y, dy) => [mul(inputOf(y, 0), div(kept(y, dy), kept(y, positiveOrHuge(y)))), null],
  // dx = dy ⊙ exp(x − y)
  ReduceLogSumExp: (y, dy) => [mul(kept(y, dy), exp(sub(inputOf(y, 0), kept(y, y)))), null],
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
  ArgMax: () => [null],
  // dx is the sum of all dy from each element on.
  CumSum(y, dy) {
    const { exclusive, reverse } = y.attributes;
    const [axis = 0] = intsOf(inputOf(y, 1));
    return [cumSum(dy, axis, { exclusive: exclusive === 1, reverse: reverse === 0 }), null];
  },
};

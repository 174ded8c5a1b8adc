import {
  add,
  and,
  argMax,
  argMin,
  cast,
  ceil,
  div,
  equal,
  eyeLike,
  floor,
  greater,
  greaterOrEqual,
  isNotANumber,
  less,
  lessOrEqual,
  log,
  mul,
  neg,
  not,
  or,
  positive,
  round,
  shapeOf,
  sub,
} from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import { binary, type Case, type Discrete, unary } from './case.ts';

const float = (x: Value): Value => cast(x, 'float32');
/** −2 … 2, so that some elements are equal. */
const whole = (x: Value): Value => cast(mul(x, 2), 'int64');

/** A comparison of floats, and of integers. */
const comparison = (op: (a: Value, b: Value) => Value): readonly Case[] => [
  ...binary((a, b) => float(op(a, b))),
  { shapes: [['N', 4], [4]], build: (a, b) => float(op(whole(a), whole(b))) },
];
const isPositive = (x: Value): Value => greater(x, 0);
const logical = (op: (a: Value, b: Value) => Value): readonly Case[] =>
  binary((a, b) => float(op(isPositive(a), isPositive(b))));

/** Every result is of float32: sessions and gradients take no other type. */
export const discreteCases: Record<Discrete, readonly Case[]> = {
  Equal: [
    ...comparison(equal),
    { shapes: [['N', 4], [4]], build: (a, b) => float(equal(isPositive(a), isPositive(b))) },
  ],
  Less: comparison(less),
  LessOrEqual: comparison(lessOrEqual),
  Greater: comparison(greater),
  GreaterOrEqual: comparison(greaterOrEqual),
  And: logical(and),
  Or: logical(or),
  Not: unary((x) => float(not(isPositive(x)))),
  IsNaN: unary((x) => float(isNotANumber(log(x)))),
  Cast: [
    ...unary((x) => float(whole(x))),
    ...unary((x) => float(cast(whole(x), 'bool'))),
    ...unary((x) => float(add(cast(isPositive(x), 'int64'), 1))),
    ...unary((x) => float(div(sub(mul(whole(x), 3), 1), neg(add(cast(isPositive(x), 'int64'), 1))))),
  ],
  Step: unary(positive),
  Floor: unary((x) => floor(mul(x, 3))),
  Ceil: unary((x) => ceil(mul(x, 3))),
  Round: unary((x) => round(add(mul(floor(mul(x, 4)), 0.5), mul(x, 0)))),
  Shape: [{ shapes: [['N', 3]], build: (a) => float(shapeOf(a, 0, 1)) }],
  EyeLike: [{ shapes: [['N', 'N']], build: (a) => eyeLike(a) }],
  ArgMax: [
    { shapes: [['N', 3]], build: (a) => float(argMax(a, 1)) },
    { shapes: [[4, 2]], build: (a) => float(argMax(whole(a), 0)) },
  ],
  ArgMin: [{ shapes: [['N', 3]], build: (a) => float(argMin(a, 1)) }],
};

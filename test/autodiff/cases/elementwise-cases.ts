import {
  abs,
  cast,
  clip,
  cos,
  elu,
  erf,
  exp,
  gelu,
  greater,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  less,
  maximum,
  minimum,
  mod,
  mul,
  pow,
  prelu,
  reciprocal,
  scalar,
  selu,
  sin,
  softplus,
  sub,
  where,
} from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import { binary, type Case, unary } from './case.ts';

/** −3 … 3, so that both sides of every kink and bound are reached. */
const wide = (op: (x: Value) => Value): readonly Case[] => [...unary(op), ...unary((x) => op(mul(x, 2)))];

const manyInputs: readonly Case['shapes'][] = [
  [[2, 3], [3], []],
  [['N', 2], ['N', 1], [2]],
];
const several = (op: (a: Value, b: Value, c: Value) => Value): readonly Case[] =>
  manyInputs.map((shapes) => ({ shapes, build: op }));

export const elementwiseCases = {
  Abs: wide(abs),
  Clip: [
    ...wide((x) => clip(x, { min: -1, max: 0.8 })),
    ...wide((x) => clip(x, { max: 1 })),
    {
      shapes: [['N', 4], [], []],
      build: (x, a, b) => clip(mul(x, 2), { min: minimum(a, b), max: maximum(a, b) }),
    },
  ],
  Cos: wide(cos),
  Elu: [...wide((x) => elu(x)), ...wide((x) => elu(x, 0.5))],
  Erf: [...wide(erf), ...wide((x) => gelu(x))],
  HardSigmoid: wide((x) => hardSigmoid(x, { alpha: 0.6, beta: 0.4 })),
  HardSwish: [...wide(hardSwish), ...unary((x) => hardSwish(mul(x, 5)))],
  LeakyRelu: [...wide((x) => leakyRelu(x, 0.25)), ...wide((x) => leakyRelu(x, -1.5))],
  Max: [
    ...binary((a, b) => maximum(a, b)),
    ...several(maximum),
    { shapes: [['N', 3]], build: (x) => maximum(x, 0) },
  ],
  Min: [
    ...binary((a, b) => minimum(a, b)),
    ...several(minimum),
    { shapes: [['N', 3]], build: (x) => minimum(1, mul(x, x), x) },
  ],
  Mod: [
    ...binary((a, b) => mod(mul(a, 3), b)),
    {
      shapes: [['N', 4], [4]],
      build: (a, b) => mul(a, cast(mod(ints(a), sub(mul(ints(b), 2), 1)), 'float32')),
    },
  ],
  Pow: [
    {
      shapes: [
        ['N', 2],
        ['N', 1],
      ],
      build: pow,
      positive: true,
    },
    { shapes: [['N', 2]], build: (x) => pow(x, 3) },
    { shapes: [[3], [2, 3]], build: (x) => pow(scalar(2.5), x) },
  ],
  PRelu: [
    {
      shapes: [
        ['N', 2, 3],
        [2, 1],
      ],
      build: prelu,
    },
    { shapes: [[2, 3], []], build: prelu },
    { shapes: [['N', 2]], build: (x) => prelu(x, x) },
    { shapes: [['N', 2]], build: (x) => prelu(x, mul(x, x)) },
  ],
  Reciprocal: wide(reciprocal),
  Selu: wide((x) => selu(x)),
  Sin: wide(sin),
  Softplus: wide(softplus),
  Where: [
    ...binary((a, b) => where(less(a, b), mul(a, a), b)),
    { shapes: [[2, 1, 2], ['N', 1], [2]], build: (a, b, c) => where(greater(a, 0), b, mul(c, c)) },
    { shapes: [['N']], build: (a) => where(greater(a, 0), 2, exp(a)) },
  ],
} satisfies Readonly<Record<string, readonly Case[]>>;

/** −4 … 4 as integers. */
function ints(x: Value): Value {
  return cast(mul(x, 3), 'int64');
}

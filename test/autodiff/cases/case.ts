import type { reduceSum } from '../../../src/graph/ops/index.ts';
import type { OpType, Value } from '../../../src/graph/value.ts';
import type { Dim, Shape } from '../../../src/onnx/dim.ts';
import type { Sizes } from '../../support/reference/evaluate.ts';

/** Operators whose result is piecewise constant: their gradient is zero. */
export type Discrete =
  | ('Equal' | 'Less' | 'LessOrEqual' | 'Greater' | 'GreaterOrEqual' | 'And' | 'Or' | 'Not' | 'IsNaN')
  | ('Floor' | 'Ceil' | 'Round')
  | ('Cast' | 'Step' | 'Shape' | 'EyeLike' | 'ArgMin' | 'ArgMax');

/** Operators whose gradient can be checked by central differences. */
export type Differentiable = Exclude<OpType, 'Input' | 'Constant' | 'StopGradient' | Discrete>;

export interface Case {
  /** Shapes of the inputs. `SIZES` has the sizes of symbols. */
  readonly shapes: readonly Shape[];
  readonly build: (a: Value, b: Value, c: Value) => Value;
  /** Inputs are positive. */
  readonly positive?: boolean;
}

export const SIZES: Sizes = { N: 3, M: 2 };

export const dim = (x: Value, axis: number): Dim => x.shape[axis] ?? 1;

export const unary = (op: (x: Value) => Value, positive = false): readonly Case[] => [
  { shapes: [[]], build: op, positive },
  { shapes: [['N', 2]], build: op, positive },
];

export const binary = (op: (a: Value, b: Value) => Value): readonly Case[] =>
  (
    [
      [
        [2, 3],
        [2, 3],
      ],
      [[2, 3], []],
      [[3], [2, 3]],
      [
        [2, 1, 3],
        [2, 1],
      ],
      [
        ['N', 2],
        ['N', 1],
      ],
      [
        [1, 'N', 'M'],
        [3, 1, 1],
      ],
      [
        ['N', 'M'],
        [2, 2, 'N', 'M'],
      ],
    ] as const
  ).map((shapes) => ({ shapes, build: op }));

/** Reductions over all, some, the last and the first axes, with and without keepdims. */
export const reduction = (op: typeof reduceSum): readonly Case[] => [
  { shapes: [[2, 3]], build: (x) => op(x) },
  { shapes: [['N', 2, 'M']], build: (x) => op(x) },
  { shapes: [[2, 3, 2]], build: (x) => op(x, [0, 2]) },
  { shapes: [['N', 2]], build: (x) => op(x, [-1], { keepdims: true }) },
  { shapes: [['N', 3]], build: (x) => op(x, [0], { keepdims: true }) },
  { shapes: [[3, 'N', 'M']], build: (x) => op(x, [0]) },
  { shapes: [['N', 'M']], build: (x) => op(x, [1]) },
];

export const alongAnAxis = (op: (x: Value, axis: number) => Value): readonly Case[] => [
  { shapes: [['N', 3]], build: (x) => op(x, -1) },
  { shapes: [['N', 3]], build: (x) => op(x, 0) },
  { shapes: [[2, 3, 2]], build: (x) => op(x, 1) },
  { shapes: [['N', 'M']], build: (x) => op(x, 1) },
];

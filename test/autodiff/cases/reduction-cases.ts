import {
  argMax,
  cast,
  cumSum,
  gather,
  gatherElements,
  mul,
  pad,
  reduceL1,
  reduceL2,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  reduceSumSquare,
  scatterAdd,
  scatterAddElements,
  sub,
} from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import { type Case, reduction } from './case.ts';

export const reductionCases = {
  ReduceSum: reduction(reduceSum),
  ReduceMean: reduction(reduceMean),
  ReduceMax: reduction(reduceMax),
  ReduceMin: reduction(reduceMin),
  ReduceL1: reduction(reduceL1),
  ReduceL2: reduction(reduceL2),
  ReduceSumSquare: reduction(reduceSumSquare),
  ReduceLogSumExp: reduction(reduceLogSumExp),
  CumSum: [
    { shapes: [['N', 3]], build: (x) => cumSum(x, 1) },
    { shapes: [['N', 2]], build: (x) => cumSum(x, 0, { reverse: true }) },
    { shapes: [[2, 4, 2]], build: (x) => cumSum(x, 1, { exclusive: true }) },
    { shapes: [[3, 'N']], build: (x) => cumSum(x, -1, { exclusive: true, reverse: true }) },
  ],
} satisfies Readonly<Record<string, readonly Case[]>>;

/** Whole numbers −2 … 2 that depend on x: indices that also count from the end. */
const places = (x: Value): Value => cast(mul(x, 1.9), 'int64');

export const indexCases = {
  Pad: [
    { shapes: [[2, 3]], build: (x) => pad(x, [1, 0, 0, 2]) },
    { shapes: [['N', 2]], build: (x) => pad(x, [0, 1, 0, 3]) },
    { shapes: [['N', 2], []], build: (x, around) => pad(x, [0, 1, 0, 2], { with: around }) },
    { shapes: [['N', 3]], build: (x) => pad(x, [0, 2, 0, 1], { with: -1.5 }) },
    { shapes: [['N', 3, 4]], build: (x) => pad(x, [0, 2, 1, 0, 1, 3], { mode: 'reflect' }) },
    { shapes: [['N', 2, 3]], build: (x) => pad(x, [0, 1, 4, 0, 0, 2], { mode: 'edge' }) },
    { shapes: [[3, 'N']], build: (x) => pad(x, [2, 0, 3, 0], { mode: 'wrap' }) },
  ],
  Gather: [
    { shapes: [['N', 4, 2]], build: (x) => gather(x, [3, 0, 3], 1) },
    { shapes: [[3]], build: (x) => gather(x, [2, 2, 0, 1], 0) },
    { shapes: [['N', 'M', 2]], build: (x) => gather(x, [1, 0], -1) },
    {
      shapes: [
        [3, 2],
        ['N', 2],
      ],
      build: (x, i) => gather(x, places(i), 0),
    },
    { shapes: [['N', 4, 2], ['M']], build: (x, i) => gather(x, places(i), 1) },
    { shapes: [['N', 3], [2]], build: (x, i) => gather(x, argMax(i), -1) },
  ],
  GatherElements: [
    {
      shapes: [
        ['N', 3],
        ['N', 2],
      ],
      build: (x, i) => gatherElements(x, places(i), 1),
    },
    {
      shapes: [
        [3, 4, 2],
        [5, 4, 1],
      ],
      build: (x, i) => gatherElements(x, places(i), 0),
    },
  ],
  ScatterElements: [
    {
      shapes: [
        ['N', 3],
        ['N', 4],
        ['N', 4],
      ],
      build: (x, i, u) => scatterAddElements(x, places(i), u, 1),
    },
    {
      shapes: [
        [4, 3],
        [2, 2],
        [2, 2],
      ],
      build: (x, i, u) => mul(x, scatterAddElements(x, places(i), u, 0)),
    },
  ],
  ScatterND: [
    { shapes: [[3, 2], ['N'], ['N', 2]], build: (x, i, u) => scatterAdd(x, places(i), u) },
    { shapes: [[4], [2, 3], [2, 3]], build: (x, i, u) => mul(scatterAdd(x, places(i), u), sub(x, 1)) },
  ],
} satisfies Readonly<Record<string, readonly Case[]>>;

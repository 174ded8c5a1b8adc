import { describe, expect, it } from 'vitest';
import { gradient } from '../../../src/autodiff/gradient.ts';
import { importGraph } from '../../../src/graph/import/import-graph.ts';
import { input, mul, reduceSum, stopGradient, sub } from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import { expectClose } from '../../support/close.ts';
import { evaluate } from '../../support/reference/evaluate.ts';
import { attributes, ofConstants } from './attribute-cases.ts';
import {
  type Given,
  list,
  modelOfCase,
  type NodeCase,
  one,
  runImported,
  runOriginal,
} from './foreign-node.ts';
import {
  bools,
  CUTTING,
  elementwise,
  linear,
  movements,
  normalisations,
  reductions,
  vector,
} from './operator-cases.ts';
import { fused, others, quantised } from './runtime-cases.ts';

const computed = {
  elementwise,
  reductions,
  movements,
  linear,
  normalisations,
  quantised,
  fused,
  others,
  attributes,
};

const described = ({ op, operands, attributes = {}, opset = 18 }: NodeCase) =>
  `${op} ${JSON.stringify(operands.map((each) => (each && 'numbers' in each ? each.numbers : each)))} ${JSON.stringify(attributes)} opset ${opset}`;

describe.each(Object.entries(computed))('%s of computed values', (_, cases) => {
  it.each(cases.map((each) => [described(each), each] as const))(
    'are as the runtime has them: %s',
    async (_, each) => {
      const { computed: model, feeds, results } = modelOfCase(each);
      const [expected, got] = [
        await runOriginal(model, feeds, results),
        await runImported(model, feeds, results),
      ];
      for (const name of results) {
        const [a, b] = [expected[name], got[name]];
        expect(b?.shape).toEqual(a?.shape);
        expectClose(
          { shape: [], data: Array.from(b?.numbers ?? []) },
          { shape: [], data: Array.from(a?.numbers ?? []) },
          2e-5,
          name,
        );
      }
    },
  );
});

/** Operators that are computed from constants while a model is read. */
const constants: readonly NodeCase[] = [
  ...elementwise.filter(
    ({ op }) =>
      ![
        'Mean',
        'Softplus',
        'Softsign',
        'Erf',
        'HardSwish',
        'Mish',
        'LeakyRelu',
        'PRelu',
        'Elu',
        'Celu',
        'Selu',
        'HardSigmoid',
        'Gelu',
      ].includes(op),
  ),
  ...reductions.filter(({ op }) => op.startsWith('Reduce') && !op.includes('Log')),
  ...movements.filter(({ op, operands }) => !op.includes('Depth') && operands[1] !== CUTTING),
  { op: 'Div', operands: [list(7, -7, 6), list(2, 2, -4)] },
  { op: 'Mod', operands: [list(7, -7, 6), list(2, 3, -4)] },
  { op: 'Mod', operands: [list(7, -7, 6), list(2, 3, -4)], attributes: { fmod: 1 } },
  { op: 'Equal', operands: [list(1, 2), list(1, 3)] },
  { op: 'Less', operands: [list(1, 2, 3), list(2)] },
  { op: 'GreaterOrEqual', operands: [list(1, 2, 3), list(2)] },
  { op: 'And', operands: [bools(1, 1, 0), bools(1, 0, 0)] },
  { op: 'Or', operands: [bools(1, 1, 0), bools(1, 0, 0)] },
  { op: 'Xor', operands: [bools(1, 1, 0), bools(1, 0, 0)] },
  { op: 'Not', operands: [bools(1, 0)] },
  { op: 'Cast', operands: [vector(1.7, -1.7, 0)], attributes: { to: 7 } },
  { op: 'Cast', operands: [vector(1.7, -1.7, 0)], attributes: { to: 9 } },
  {
    op: 'Range',
    operands: [
      { ...one(3), type: 'int64' },
      { ...one(-4), type: 'int64' },
      { ...one(-2), type: 'int64' },
    ],
  },
  { op: 'ConstantOfShape', operands: [list(2, 3)] },
  { op: 'EyeLike', operands: [[3, 4]], attributes: { k: 1 } },
  {
    op: 'OneHot',
    operands: [list(1, -1, 5), { ...one(3), type: 'int64' }, vector(-1, 2)],
    attributes: { axis: 0 },
  },
  { op: 'Trilu', operands: [[3, 4]] },
  { op: 'Trilu', operands: [[2, 3, 3], { ...one(-1), type: 'int64' }], attributes: { upper: 0 } },
  { op: 'NonZero', operands: [{ shape: [2, 3], numbers: [0, 1, 0, 2, 3, 0] }] },
  {
    op: 'CumSum',
    operands: [[2, 3], { ...one(1), type: 'int64' }],
    attributes: { exclusive: 1, reverse: 1 },
  },
  { op: 'CumSum', operands: [[2, 3], { ...one(0), type: 'int64' }] },
  { op: 'ScatterND', operands: [[4, 2], { shape: [2, 1], numbers: [3, 1], type: 'int64' }, [2, 2]] },
  { op: 'ReduceProd', operands: [list(2, 3, 4), list(0)] },
  { op: 'ReduceMax', operands: [[2, 3], list(1)] },
  { op: 'ReduceMin', operands: [[2, 3]], attributes: { keepdims: 0 } },
  { op: 'Shape', operands: [[2, 3, 4]], attributes: { start: 1 } },
  { op: 'Shape', operands: [one(3)] },
  { op: 'Size', operands: [[2, 3]] },
  ...['HannWindow', 'HammingWindow', 'BlackmanWindow'].flatMap((op) =>
    [0, 1].map(
      (periodic): NodeCase => ({ op, operands: [{ ...one(7), type: 'int64' }], attributes: { periodic } }),
    ),
  ),
  {
    op: 'MelWeightMatrix',
    operands: [...[5, 64, 8000].map((each): Given => ({ ...one(each), type: 'int64' })), one(20), one(4000)],
  },
  {
    op: 'MatMul',
    operands: [
      [2, 3, 4],
      [4, 2],
    ],
  },
  ...ofConstants,
  { op: 'IsNaN', operands: [vector(1, Number.NaN, -2)] },
];

describe('constants', () => {
  it.each(constants.map((each) => [described(each), each] as const))(
    'are computed as the runtime computes them: %s',
    async (_, each) => {
      const { constant: model, results } = modelOfCase(each);
      const expected = await runOriginal(model, {}, results);
      const { tensors } = importGraph(model, { inputs: {}, maxBytes: 2 ** 20 });
      for (const name of results) {
        const value = tensors.get(name) as Value<'Constant'>;
        expect(value.op).toBe('Constant');
        expect(value.shape).toEqual(expected[name]?.shape);
        const data = Array.from(value.attributes.data, Number);
        expectClose(
          { shape: [], data },
          { shape: [], data: Array.from(expected[name]?.numbers ?? []) },
          1e-6,
          name,
        );
      }
    },
  );
});

describe('numbers of 8 bits', () => {
  it('have the gradient of what they stand for', () => {
    const { computed: model } = modelOfCase({ op: 'DynamicQuantizeLinear', operands: [[2, 3]], outputs: 3 });
    const x = input('x0', [2, 3]);
    const { tensors } = importGraph(model, { inputs: { x0: x }, maxBytes: 2 ** 20 });
    const [stored, scale, zero] = ['y0', 'y1', 'y2'].map((name) => tensors.get(name) as Value);
    const real = mul(sub(stored as Value, zero as Value), stopGradient(scale as Value));
    const data = Float64Array.of(0.3, -1, 0.7, 2, -0.4, 0.1);
    const [dx] = evaluate(gradient(reduceSum(mul(real, x)), [x]), { x0: { shape: [2, 3], data } });
    // d(q x) = q + x dq, where q is x within half a step; inside the range dq is 1, except for the scale.
    for (const at of [0, 2, 4, 5])
      expect(Math.abs((dx?.data[at] ?? 0) - 2 * (data[at] ?? 0))).toBeLessThan(3 / 255);
  });
});

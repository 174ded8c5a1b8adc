import { describe, expect, it } from 'vitest';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import {
  add,
  argMin,
  cast,
  clip,
  constant,
  div,
  equal,
  exp,
  greater,
  input,
  ints,
  log,
  matMul,
  mul,
  neg,
  reduceSum,
  scan,
  sub,
  where,
} from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import type { Value } from '../../src/graph/value.ts';
import { decodeModel } from '../../src/onnx/decode.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { exposeValues } from '../../src/onnx/expose.ts';
import { describeNonFinite, findNonFinite } from '../../src/onnx/non-finite.ts';
import { type Tensors, tensor } from '../../src/tensor.ts';
import { tinyPackages } from '../support/packages.ts';

async function run(model: Uint8Array, feeds: Tensors): Promise<Tensors> {
  const session = await compile(model);
  try {
    return await session.run(feeds);
  } finally {
    await session.dispose();
  }
}

const x = input('x', ['N', 2]);
const find = (outputs: Record<string, Value>, feeds: Tensors, inputs = [x]) =>
  findNonFinite(encodeProgram(program('f', inputs, outputs)), feeds, run);

describe('findNonFinite', () => {
  it('names the operator that makes the first NaN, not those that pass it on', async () => {
    // x − 1 → log → · 2 → sum: the logarithm of a negative number is NaN.
    const y = reduceSum(mul(log(sub(x, 1)), 2));
    const found = await find({ y }, { x: tensor([2, 2], [3, 4, 0.5, 6]) });
    expect(found).toMatchObject({
      operator: { op: 'Log' },
      inputs: [{ shape: [2, 2], range: [-0.5, 5], nonFinite: null }],
      output: { shape: [2, 2], nonFinite: { at: 2, value: Number.NaN } },
      scans: [],
    });
    expect(found?.operator?.name).toBe(found?.output.name);
  });

  it.each([
    ['an overflow', () => mul(exp(mul(x, 100)), 2), 'Exp', Number.POSITIVE_INFINITY],
    ['a division by zero', () => div(1, sub(x, x)), 'Div', Number.POSITIVE_INFINITY],
    ['zero by zero', () => add(div(sub(x, x), sub(x, x)), 1), 'Div', Number.NaN],
    [
      'a product that overflows',
      () => matMul(mul(x, 3e38), constant(tensor([2, 1], [2, 2]), 'w')),
      'MatMul',
      Number.POSITIVE_INFINITY,
    ],
  ] as const)('finds %s', async (_, build, op, value) => {
    const found = await find({ y: build() }, { x: tensor([1, 2], [1, 1]) });
    expect(found).toMatchObject({ operator: { op }, output: { nonFinite: { value } } });
    expect(found?.inputs.map(({ nonFinite }) => nonFinite)).toEqual(found?.inputs.map(() => null));
  });

  it('names the step and the operator inside a scan, in the order of its steps', async () => {
    // c ← c / x: the first item that is 0, from the front and from the back.
    const fold = (reverse: boolean) =>
      scan(
        { carry: { c: constant(tensor([2], [1, 1])) }, sequences: { x } },
        ({ c }, { x: item }) => ({ carry: { c: div(c, item) } }),
        { reverse },
      ).carry.c;
    const feeds = { x: tensor([5, 2], [1, 1, 1, 0, 1, 1, 0, 1, 1, 1]) };
    for (const [reverse, step, at] of [
      [false, 1, 1],
      [true, 1, 0],
    ] as const) {
      const found = await find({ y: fold(reverse) }, feeds);
      expect(found).toMatchObject({
        operator: { op: 'Div' },
        inputs: [
          { nonFinite: null, shape: [2] },
          { nonFinite: null, range: [0, 1] },
        ],
        output: { nonFinite: { at } },
        scans: [{ step }],
      });
    }
  });

  it('looks into a scan within a scan', async () => {
    const rows = input('rows', ['N', 'M', 2]);
    const { carry } = scan(
      { carry: { c: constant(tensor([2], [0, 0])) }, sequences: { rows } },
      ({ c }, { rows: row }) => {
        const inner = scan({ carry: { d: c }, sequences: { row } }, ({ d }, { row: item }) => ({
          carry: { d: add(d, log(item)) },
        }));
        return { carry: { c: inner.carry.d } };
      },
    );
    const data = new Float32Array(2 * 3 * 2).fill(1);
    data[2 * 5] = -1;
    const found = await find({ y: carry.c }, { rows: tensor([2, 3, 2], data) }, [rows]);
    expect(found).toMatchObject({ operator: { op: 'Log' }, scans: [{ step: 1 }, { step: 2 }] });
  });

  it('reads through values that are not float32', async () => {
    const y = log(sub(cast(equal(argMin(x, 1), ints([0])), 'float32'), 1));
    const found = await find({ y }, { x: tensor([2, 2], [1, 2, 2, 1]) });
    // −∞ and NaN: the NaN is shown.
    expect(found).toMatchObject({ operator: { op: 'Log' }, output: { nonFinite: { at: 1 } } });
  });

  it('names an input or a weight that is not finite itself', async () => {
    const y = mul(x, constant(tensor([2], [1, Number.NaN]), 'w'));
    expect(await find({ y }, { x: tensor([1, 2], [1, 1]) })).toMatchObject({
      operator: null,
      output: { name: 'w', nonFinite: { at: 1 } },
    });
    const z = exp(x);
    expect(await find({ z }, { x: tensor([1, 2], [Number.POSITIVE_INFINITY, 1]) })).toMatchObject({
      operator: null,
      output: { name: 'x' },
    });
  });

  const HIDDEN = constant(tensor([], [Number.NEGATIVE_INFINITY]));

  it.each<[string, Value, string]>([
    ['a bound that there is not', log(sub(clip(x, { min: 0.1 }), 1)), 'Log'],
    // −∞ passes through Where and Mul; the difference is the first NaN.
    [
      'a mask',
      exp(sub(mul(where(greater(x, 1), x, HIDDEN), 2), mul(where(greater(x, 1), x, HIDDEN), 3))),
      'Sub',
    ],
  ])('does not stop at infinite constants of the program: %s', async (_, y, op) => {
    expect(await find({ y }, { x: tensor([1, 2], [2, 0.5]) })).toMatchObject({
      operator: { op },
      output: { nonFinite: { at: 1, value: Number.NaN } },
    });
  });

  it('finds nothing where a mask is used up, and names an infinite weight that the program returns', async () => {
    const feeds = { x: tensor([1, 2], [2, 0.5]) };
    expect(await find({ y: exp(where(greater(x, 1), x, HIDDEN)) }, feeds)).toBeNull();
    const w = constant(tensor([2], [1, Number.POSITIVE_INFINITY]), 'w');
    expect(await find({ y: mul(x, w) }, feeds)).toMatchObject({ operator: null, output: { name: 'w' } });
  });

  it('finds nothing where a mask inside a scan is used up', async () => {
    const masked = scan(
      { carry: { c: constant(tensor([2], [1, 1])) }, sequences: { x } },
      (_, { x: item }) => ({ carry: { c: where(greater(item, 1), item, HIDDEN) } }),
    );
    expect(await find({ y: exp(masked.carry.c) }, { x: tensor([1, 2], [2, 0.5]) })).toBeNull();
  });

  it.each<[string, Value, string, number]>([
    ['of the other sign', div(1, mul(where(greater(x, 1), x, HIDDEN), 3e38)), 'Mul', 0],
    [
      'of the same sign',
      div(1, mul(where(greater(x, 1), HIDDEN, -2), constant(tensor([1, 2], [1, 3e38])))),
      'Mul',
      1,
    ],
    ['a pole', exp(neg(div(1, where(greater(x, 1), sub(x, x), HIDDEN)))), 'Div', 0],
  ])('finds an infinity that an operator makes beside those of a mask: %s', async (_, y, op, at) => {
    expect(await find({ y }, { x: tensor([1, 2], [2, 0.5]) })).toMatchObject({
      operator: { op },
      output: { nonFinite: { at } },
    });
  });

  it('finds nothing if all values are finite', async () => {
    expect(await find({ y: exp(x) }, { x: tensor([1, 2], [1, 2]) })).toBeNull();
  });

  it('finds the operator of a step program, from its bytes alone', async () => {
    const { init, step = new Uint8Array() } = tinyPackages.gradients().programs;
    const support = { support_x: tensor([2, 2], [0, 1, 1, 0]), support_y: tensor([2, 2], [1, 0, 0, 1]) };
    const state = await run(init, support);
    expect(await findNonFinite(step, { ...state, ...support, rate: tensor([], [0.1]) }, run)).toBeNull();
    const large = Object.fromEntries(
      Object.entries(state).map(([name, { shape, data }]) => [
        name,
        tensor(
          shape,
          data.map((w) => 1e30 * w),
        ),
      ]),
    );
    const feeds = { ...large, ...support, rate: tensor([], [0.1]) };
    const found = await findNonFinite(step, feeds, run);
    expect(found?.operator).toMatchObject({ op: expect.stringMatching(/MatMul|Gemm/) });
    expect(found?.inputs.map(({ nonFinite }) => nonFinite)).toEqual(found?.inputs.map(() => null));
  });
});

describe('describeNonFinite', () => {
  it('prints the operator, the ranges of its inputs and the first number that is not finite', async () => {
    const found = await find({ y: log(x) }, { x: tensor([1, 2], [1, -2]) });
    expect(found && describeNonFinite(found)).toBe(
      [
        'Log y is the first value that is not finite:',
        '  input  x [1, 2]: -2 … 1',
        '  output y [1, 2]: 0 … 0, NaN at position 1',
      ].join('\n'),
    );
  });
});

describe('exposeValues', () => {
  it('keeps the outputs of the model as they are', async () => {
    const { init } = tinyPackages.prototypes().programs;
    const feeds = { support_x: tensor([2, 2], [0, 1, 1, 0]), support_y: tensor([2, 2], [1, 0, 0, 1]) };
    const { model } = exposeValues(decodeModel(init));
    const [plain, exposed] = [await run(init, feeds), await run(encodeModel(model), feeds)];
    expect(Object.keys(exposed).length).toBeGreaterThan(Object.keys(plain).length);
    for (const [name, { shape }] of Object.entries(plain)) expect(exposed[name]?.shape).toEqual(shape);
  });
});

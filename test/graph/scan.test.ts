import { describe, expect, it } from 'vitest';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { gradient } from '../../src/autodiff/gradient.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import {
  add,
  argMin,
  constant,
  exp,
  input,
  ints,
  mul,
  neg,
  oneHot,
  reduceSum,
  scalar,
  scan,
  sub,
  tanh,
} from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import { isOp, topologicalOrder, type Value } from '../../src/graph/value.ts';
import { decodeModel } from '../../src/onnx/decode.ts';
import { bodiesOf } from '../../src/onnx/model.ts';
import { tensor } from '../../src/tensor.ts';
import { lstm } from '../autodiff/cases/recurrences.ts';
import { expectClose } from '../support/close.ts';
import { evaluate } from '../support/reference/evaluate.ts';
import { inputsOf } from '../support/reference/gradients.ts';
import { expectOnnxToAgree } from '../support/reference/onnx.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

const x = input('x', ['N', 2]);
const w = input('w', [2]);
const zero = constant(tensor([2], [0, 0]));

/** Σ f(xₜ), and all partial sums. */
const sumOf = (f: (item: Value) => Value, reverse = false) =>
  scan(
    { carry: { sum: zero }, sequences: { x } },
    ({ sum }, { x: item }) => {
      const next = add(sum, f(item));
      return { carry: { sum: next }, outputs: { sums: next } };
    },
    { reverse },
  );

const scansOf = (values: readonly Value[]) => topologicalOrder(values).filter((each) => isOp(each, 'Scan'));
const opsOf = (values: readonly Value[]) => topologicalOrder(values).map(({ op }) => op);
const bodyOpsOf = (values: readonly Value[]) =>
  scansOf(values).map(({ attributes: { body } }) => opsOf(body.results).filter((op) => op !== 'Input'));

const feeds = {
  w: { shape: [2], data: Float64Array.of(1, -1) },
  x: { shape: [3, 2], data: Float64Array.of(1, 2, 3, 4, 5, 6) },
};
const resultsOf = (values: readonly Value[]) =>
  evaluate(values, feeds, { N: 3 }).map(({ data }) => [...data]);

describe('scan', () => {
  it('passes the carry from item to item and stacks the outputs', () => {
    const { carry, outputs } = sumOf((item) => item);
    expect(outputs.sums.shape).toEqual(['N', 2]);
    expect(resultsOf([carry.sum, outputs.sums])).toEqual([
      [9, 12],
      [1, 2, 4, 6, 9, 12],
    ]);
  });

  it('starts at the last item in reverse; outputs keep the order of the items', () => {
    const { carry, outputs } = sumOf((item) => item, true);
    expect(resultsOf([carry.sum, outputs.sums])).toEqual([
      [9, 12],
      [9, 12, 8, 10, 5, 6],
    ]);
  });

  it('writes one-hot rows at the smallest element of a carry; a carry may be an index', () => {
    const { carry, outputs } = scan(
      {
        carry: { used: constant(tensor([3], [2, 1, 1])), last: argMin(constant(tensor([2], [1, 0]))) },
        sequences: { x },
      },
      ({ used, last }, { x: item }) => {
        const least = argMin(used, 0);
        const next = add(used, mul(oneHot(least, 3), reduceSum(item)));
        return { carry: { used: next, last: least }, outputs: { row: oneHot(last, 3), used } };
      },
    );
    expect(resultsOf([carry.used, outputs.row, outputs.used, oneHot(carry.last, 3)])).toEqual([
      [13, 4, 8],
      [0, 1, 0, 0, 1, 0, 0, 0, 1],
      [2, 1, 1, 2, 4, 1, 2, 4, 8],
      [1, 0, 0],
    ]);
  });

  const body = (step: (sum: Value) => Value) => () =>
    scan({ carry: { sum: zero }, sequences: { x } }, ({ sum }) => ({ carry: { sum: step(sum) } }));
  it.each([
    [
      'a carry of another shape',
      body((sum) => reduceSum(sum)),
      'carry.sum to remain float32 [2], got float32 []',
    ],
    ['a carry of another type', body(() => ints([1, 2])), 'carry.sum to remain float32 [2], got int64 [2]'],
    [
      'no sequence',
      () => scan({ carry: { zero }, sequences: {} }, (carry) => ({ carry })),
      'sequences of one length, got none',
    ],
    [
      'a sequence without a length',
      () => scan({ carry: {}, sequences: { s: scalar(1) } }, () => ({ carry: {} })),
      'sequences of one length, got []',
    ],
    [
      'sequences of two lengths',
      () => scan({ carry: {}, sequences: { x, w } }, () => ({ carry: {} })),
      'sequences of one length, got [N,2], [2]',
    ],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(new RangeError(`Expected ${message}`));
  });

  it('refuses a carry or an item that is used outside of its step', () => {
    let escaped: Value = x;
    sumOf((item) => {
      escaped = item;
      return item;
    });
    expect(() => program('f', [x], { y: neg(escaped) })).toThrow(
      'Expected program f to list input item.x [2], got x [N,2]',
    );
  });

  it('computes values that depend on no item and no carry once, outside the body', () => {
    const { carry } = sumOf((item) => mul(item, exp(add(w, 1))));
    expect(bodyOpsOf([carry.sum])).toEqual([['Mul', 'Add']]);
    expect(scansOf([carry.sum])[0]?.inputs.map(({ op }) => op)).toEqual(['Constant', 'Input', 'Exp']);
  });

  it('captures named weights from the outer graph and copies unnamed numbers into the body', () => {
    const weight = constant(tensor([2], [1, 2]), 'weight');
    const { carry } = sumOf((item) => mul(mul(item, weight), 2));
    const { initializers, nodes } = decodeModel(encodeProgram(program('f', [x], { y: carry.sum })));
    expect(initializers.map(({ name }) => name)).toContain('weight');
    const inner = nodes.flatMap(bodiesOf).flatMap(({ initializers: own }) => own);
    expect(inner.map(({ raw }) => raw.length)).toEqual([4]);
  });
});

describe('a scan under ONNX Runtime', () => {
  const [inward, across] = [input('inward', [2, 12]), input('across', [3, 12])];
  const hidden = lstm(x, inward, across);
  const loss = reduceSum(mul(hidden, hidden));
  const values = [hidden, loss, ...gradient(loss, [x, inward, across])];

  it('serves sequences of any length in one session', async () => {
    const inputs = [x, inward, across];
    const session = await compile(
      encodeProgram(program('lstm', inputs, Object.fromEntries(values.map((each, i) => [`y${i}`, each])))),
    );
    for (const N of [1, 5, 2, 40]) {
      const given = sampleFeeds(inputs, { sizes: { N }, seed: N });
      const out = await session.run(
        Object.fromEntries(
          Object.entries(given).map(([name, { shape, data }]) => [
            name,
            tensor(shape, Float32Array.from(data)),
          ]),
        ),
      );
      evaluate(values, given, { N }).forEach((expected, i) => {
        expectClose(out[`y${i}`], expected, 1e-5, `y${i} of ${N}`);
      });
    }
    await session.dispose();
  });

  it('computes argMin and one-hot rows as the reference does', async () => {
    const { carry, outputs } = scan(
      { carry: { used: w, place: argMin(w) }, sequences: { x } },
      ({ used, place }, { x: item }) => {
        const least = argMin(sub(used, item));
        return {
          carry: { used: mul(used, oneHot(least, 2)), place: least },
          outputs: { row: oneHot(place, 2) },
        };
      },
    );
    const all = [carry.used, oneHot(carry.place, 2), outputs.row];
    for (const N of [1, 4]) await expectOnnxToAgree(all, sampleFeeds(inputsOf(all), { sizes: { N } }), { N });
  });

  it('gets names that differ from all names of the outer graph', async () => {
    const others = ['Scan_2', 'Scan_2.0', 'Scan_2_/item.x', 'Scan_3', 'Scan_4', 'Scan_5/Mul_1'];
    const given = others.map((name) => input(name, [2]));
    const { carry } = sumOf((item) => given.reduce<Value>((y, each) => tanh(mul(y, each)), item));
    const session = await compile(encodeProgram(program('f', [x, ...given], { 'Scan_6.1': carry.sum })));
    expect(session.outputs).toEqual(['Scan_6.1']);
    await session.dispose();
  });
});

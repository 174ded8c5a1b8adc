import { describe, expect, it } from 'vitest';
import { metaParametersOf } from '../../src/algorithms/algorithm.ts';
import { maml } from '../../src/algorithms/optimisation/maml.ts';
import { metaSgd } from '../../src/algorithms/optimisation/meta-sgd.ts';
import { emitPrograms } from '../../src/algorithms/programs.ts';
import { gradient } from '../../src/autodiff/gradient.ts';
import {
  add,
  conv,
  input,
  mul,
  neg,
  reduceMean,
  reduceSum,
  relu,
  scan,
  stopGradient,
  sub,
} from '../../src/graph/ops/index.ts';
import { topologicalOrder, type Value } from '../../src/graph/value.ts';
import { vmap } from '../../src/graph/vmap/vmap.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { classifier, regressor } from '../../src/nn/network.ts';
import { startWeights } from '../../src/training/loop/weights.ts';
import { createRandom } from '../../src/training/random.ts';
import { SIZES } from '../autodiff/cases/case.ts';
import { cases } from '../autodiff/cases/cases.ts';
import { discreteCases } from '../autodiff/cases/discrete-cases.ts';
import { expectClose } from '../support/close.ts';
import { type NdArray, sizeOf } from '../support/reference/array.ts';
import { evaluate } from '../support/reference/evaluate.ts';
import { inputsOf } from '../support/reference/gradients.ts';
import type { Feeds } from '../support/reference/interpreter.ts';
import { expectOnnxToAgree } from '../support/reference/onnx.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

const TASKS = 3;
const sizes = { ...SIZES, ways: 2, T: TASKS };

/** The part of each mapped feed that belongs to task t. */
function feedsOfTask(feeds: Feeds, perTask: readonly string[], t: number): Feeds {
  const part = ({ shape: [, ...shape], data }: NdArray): NdArray => {
    const size = sizeOf(shape);
    return { shape, data: data.slice(t * size, (t + 1) * size) };
  };
  return Object.fromEntries(
    Object.entries(feeds).map(([name, each]) => [name, perTask.includes(name) ? part(each) : each]),
  );
}

/** Expects `values` over all tasks to equal those of each task alone. Returns the former, with their feeds. */
function expectEachTask(values: readonly Value[], perTask: readonly string[], positive = false) {
  const result = vmap(values, perTask, 'T');
  if ('missing' in result) return expect.fail(`Expected a vmap rule, got none for ${result.missing.op}`);
  const all = result.values;
  const feeds = sampleFeeds(inputsOf(all), { sizes, positive });
  const together = evaluate(all, feeds, sizes);
  for (let t = 0; t < TASKS; t++) {
    evaluate(values, feedsOfTask(feeds, perTask, t), sizes).forEach((alone, i) => {
      const whole = together[i] as NdArray;
      const own = whole.shape.length > alone.shape.length ? feedsOfTask({ y: whole }, ['y'], t).y : whole;
      expectClose(own, alone, 1e-12, `output ${i} of task ${t}`);
    });
  }
  return { all, feeds };
}

/** As `expectEachTask`, also under ONNX Runtime. */
async function expectEachTaskAndOnnx(values: readonly Value[], perTask: readonly string[], positive = false) {
  const { all, feeds } = expectEachTask(values, perTask, positive);
  await expectOnnxToAgree(all, feeds, sizes);
}

const rows = Object.entries({ ...cases, ...discreteCases }).flatMap(([op, ofOp]) =>
  ofOp.map((each) => ({ op, ...each, of: each.shapes.map((shape) => `[${shape}]`).join(' ') })),
);
const apart = ['Conv', 'ConvTranspose', 'ConvWeightGradient', 'Scan', 'ScanResult'];

describe('vmap', () => {
  it.each(rows.filter(({ op }) => !apart.includes(op)))(
    'computes $op of $of for every task, for any choice of mapped operands',
    async ({ shapes, build, positive }) => {
      const letters = ['a', 'b', 'c'].slice(0, shapes.length);
      const choices = [letters, ...letters.map((letter) => [letter])].map((mapped, choice) => {
        const nameOf = (letter: string) => `${letter}${choice}`;
        const [a, b, c] = letters.map((letter, i) => input(nameOf(letter), shapes[i] ?? []));
        return expectEachTask([build(a as Value, b as Value, c as Value)], mapped.map(nameOf), positive);
      });
      // All choices in one program: the runtime takes longer to open a program than to run it.
      const feeds: Feeds = Object.assign({}, ...choices.map((each) => each.feeds));
      await expectOnnxToAgree(
        choices.flatMap(({ all }) => all),
        feeds,
        sizes,
      );
    },
  );

  it.each(rows.filter(({ op }) => ['Conv', 'ConvTranspose'].includes(op)))(
    'computes $op of $of for mapped images and shared filters',
    async ({ op, shapes, build }) => {
      const [x, w, bias] = shapes.map((shape, i) => input(['a', 'b', 'c'][i] ?? '', shape));
      const y = build(x as Value, w as Value, bias as Value);
      expect(topologicalOrder([y]).map((each) => each.op)).toContain(op);
      await expectEachTaskAndOnnx([y], ['a']);
    },
  );

  it('names the value that has no vmap rule', () => {
    const [x, w] = [input('x', ['N', 1, 4, 4]), input('w', [2, 1, 3, 3])];
    const y = conv(x, w);
    expect(vmap([y], ['x', 'w'], 'T')).toEqual({ missing: y });
    expect(vmap([gradient(reduceSum(mul(y, y)), [w])[0] as Value], ['x'], 'T')).toMatchObject({
      missing: { op: 'ConvWeightGradient' },
    });
    const { outputs } = scan({ carry: {}, sequences: { x } }, (_, item) => ({
      carry: {},
      outputs: { y: neg(item.x) },
    }));
    expect(vmap([outputs.y], ['x'], 'T')).toMatchObject({ missing: { op: 'Scan' } });
  });

  it('does not change values that depend on no mapped input', () => {
    const [x, w] = [input('x', ['N', 2]), input('w', [2])];
    const twice = add(w, w);
    expect(vmap([twice, sub(x, w)], ['x'], 'T')).toMatchObject({ values: [twice, { op: 'Sub' }] });
  });

  it('can be differentiated: the gradient of a shared input is the sum over tasks', async () => {
    const [x, w] = [input('x', ['N', 2]), input('w', [2])];
    const loss = reduceMean(relu(mul(x, add(w, stopGradient(w)))));
    const result = vmap([loss], ['x'], 'T');
    const [losses] = 'values' in result ? result.values : [];
    const [grad, alone] = [gradient(reduceSum(losses as Value), [w])[0], gradient(loss, [w])[0]];
    const feeds = sampleFeeds(inputsOf([grad as Value]), { sizes });
    const [whole] = evaluate([grad as Value], feeds, sizes);
    const parts = Array.from(
      { length: TASKS },
      (_, t) =>
        evaluate([alone as Value], feedsOfTask(feeds, ['x'], t), sizes)[0]?.data ?? new Float64Array(),
    );
    const sum = Float64Array.from([0, 1], (i) => parts.reduce((total, part) => total + (part[i] ?? 0), 0));
    expectClose(whole, { shape: [2], data: sum }, 1e-12);
  });

  it.each([
    ['maml', maml, { order: 1 }, regressor(mlp([2, 3, 1]))],
    ['meta-sgd', metaSgd, { order: 2, initialRate: 0.1 }, regressor(mlp([2, 3, 1]))],
    ['maml, classification', maml, { order: 2 }, classifier(mlp([2, 3]))],
  ] as const)(
    'computes a step of %s for every task, with mapped state and examples',
    async (_, algorithm, settings, net) => {
      const weights = startWeights(metaParametersOf(algorithm, net, settings), createRandom(1));
      const { init, step } = emitPrograms(algorithm, net, weights, settings);
      for (const each of [init, step]) {
        const names = (each?.inputs ?? []).map(({ attributes: { name } }) => name);
        const perTask = names.filter((name) => name !== 'rate');
        await expectEachTaskAndOnnx(Object.values(each?.outputs ?? {}), perTask, true);
      }
    },
  );
});

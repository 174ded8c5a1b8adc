import { Value as Schema } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { type AlgorithmName, algorithms } from '../../src/algorithms/catalogue.ts';
import { metaObjective } from '../../src/algorithms/objective.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { classifier, regressor } from '../../src/nn/network.ts';
import { type Tensor, tensor } from '../../src/tensor.ts';
import { createRandom } from '../../src/training/random.ts';
import { expectClose } from '../support/close.ts';
import { type OpenPackage, openPackage } from '../support/packages/open-package.ts';
import { tinyPackage, tinyWeights } from '../support/packages.ts';

/** Points [n, 2] and their one-hot classes [n, ways], `shots[k]` of class k. */
function points(seed: number, shots: readonly number[]): { x: Tensor; y: Tensor; labels: readonly number[] } {
  const random = createRandom(seed);
  const labels = shots.flatMap((count, k) => Array.from({ length: count }, () => k));
  const x = tensor(
    [labels.length, 2],
    labels.flatMap((k) => [k + random.normal(), Math.cos(k) + random.normal()]),
  );
  const y = tensor(
    [labels.length, shots.length],
    labels.flatMap((k) => shots.map((_, j) => (j === k ? 1 : 0))),
  );
  return { x, y, labels };
}

/** Rows of a [n, d] tensor in another order. */
function rows({ shape: [, d = 1], data }: Tensor, order: readonly number[]): Tensor {
  return tensor(
    [order.length, d],
    order.flatMap((row) => [...data.subarray(row * d, (row + 1) * d)]),
  );
}

/** Columns of a [n, d] tensor in another order. */
function columns({ shape: [n = 1, d = 1], data }: Tensor, order: readonly number[]): Tensor {
  const entries = Array.from({ length: n }, (_, row) =>
    order.map((column) => data[row * d + column] as number),
  );
  return tensor([n, order.length], entries.flat());
}

const names = Object.keys(algorithms) as AlgorithmName[];
/** A controller reads the examples one after another, so their order and number matter. */
const sequential: readonly AlgorithmName[] = ['mann'];

const net = classifier(mlp([2, 8, 8]));
const openNew = (name: AlgorithmName) => openPackage(tinyPackage(`tiny-${name}`, name, net, settings(name)));
const opened = new Map<AlgorithmName, Promise<OpenPackage>>();
/** Opens each package once: a package keeps nothing from one call to the next. */
function openTiny(name: AlgorithmName): Promise<OpenPackage> {
  const open = opened.get(name) ?? openNew(name);
  opened.set(name, open);
  return open;
}
const stepsOf = (name: AlgorithmName) => ('step' in algorithms[name] ? 3 : 0);
const queries = points(9, [4, 4, 4]).x;

describe.each(names)('%s', (name) => {
  const open = () => openTiny(name);
  const steps = stepsOf(name);

  it.each([[[1, 1]], [[1, 4, 2]], [[1, 2, 3, 4, 1, 2, 3]], [Array.from({ length: 20 }, () => 2)]])(
    'adapts to classes with %j examples each',
    async (shots) => {
      const { x, y } = points(1, shots);
      const model = await open();
      const { state } = await model.adapt(x, y, steps, 0.05);
      const logits = await model.predict(state, queries);
      expect(logits.shape).toEqual([12, shots.length]);
      expect([...logits.data].every(Number.isFinite)).toBe(true);
    },
  );

  it('gives a row the same answer alone as in a batch', async () => {
    const { x, y } = points(2, [2, 3, 1]);
    const model = await open();
    const { state } = await model.adapt(x, y, steps, 0.05);
    const together = await model.predict(state, queries);
    for (let row = 0; row < 12; row++) {
      expectClose(await model.predict(state, rows(queries, [row])), rows(together, [row]), 1e-5);
    }
  });

  it('gives the same state, bit for bit, for the same support set', async () => {
    const { x, y } = points(3, [2, 2]);
    const [first, second] = [
      await (await open()).adapt(x, y, steps, 0.05),
      await (await openNew(name)).adapt(x, y, steps, 0.05),
    ];
    expect(second.state).toEqual(first.state);
  });

  it('is meta-trained through the same steps that it is served with', async () => {
    const { x, y } = points(12, [2, 3, 1]);
    // Two steps show that the second begins where the first ends.
    const steps = Math.min(2, stepsOf(name));
    const options = { steps, rate: 0.3, lossAfter: 'last' } as const;
    const session = await compile(
      encodeProgram(metaObjective(algorithms[name], net, settings(name), options)),
    );
    const episode = { support_x: x, support_y: y, query_x: queries, query_y: points(9, [4, 4, 4]).y };
    const { output } = await session.run({ ...tinyWeights(name, net, settings(name)), ...episode });
    const model = await open();
    const { state } = await model.adapt(x, y, steps, 0.3);
    expectClose(await model.predict(state, queries), output as Tensor, 1e-4);
  });

  it('permutes its answer when the labels are permuted', async () => {
    const { x, y } = points(4, [2, 3, 4]);
    const order = [2, 0, 1];
    const model = await open();
    const { state } = await model.adapt(x, y, steps, 0.05);
    const permuted = await model.adapt(x, columns(y, order), steps, 0.05);
    expectClose(
      await model.predict(permuted.state, queries),
      columns(await model.predict(state, queries), order),
      1e-4,
    );
  });
});

describe.each(names.filter((name) => !sequential.includes(name)))('%s, order-independent', (name) => {
  const open = () => openTiny(name);
  const steps = stepsOf(name);

  it('does not depend on the order of the examples', async () => {
    const { x, y, labels } = points(5, [2, 3]);
    const order = labels.map((_, i) => (i * 3 + 1) % labels.length);
    const model = await open();
    const { state } = await model.adapt(x, y, steps, 0.05);
    const shuffled = await model.adapt(rows(x, order), rows(y, order), steps, 0.05);
    expectClose(await model.predict(shuffled.state, queries), await model.predict(state, queries), 1e-4);
  });

  it('counts a row of weight 2 like the same example given twice', async () => {
    const { x, y } = points(6, [2, 1]);
    const weighted = tensor(
      y.shape,
      y.data.map((value, i) => (i < 2 ? 2 * value : value)),
    );
    const model = await open();
    const once = await model.adapt(x, weighted, steps, 0.05);
    const twice = await model.adapt(rows(x, [0, 0, 1, 2]), rows(y, [0, 0, 1, 2]), steps, 0.05);
    expectClose(await model.predict(once.state, queries), await model.predict(twice.state, queries), 1e-4);
  });
});

const stepping = names.filter((name) => 'step' in algorithms[name]);

describe.each(stepping)('%s, with steps', (name) => {
  it('predicts as before the first step if the rate is 0', async () => {
    const model = await openPackage(tinyPackage('tiny', name, classifier(mlp([2, 8])), settings(name)));
    const { x, y } = points(10, [2, 2]);
    const [none, still] = [await model.adapt(x, y, 0, 0), await model.adapt(x, y, 3, 0)];
    const queries = points(11, [3, 3]).x;
    expect(await model.predict(still.state, queries)).toEqual(await model.predict(none.state, queries));
  });
});

describe.each(stepping.filter((name) => !('task' in algorithms[name])))('%s, on a linear model', (name) => {
  it('never raises the support loss of a linear model at a small rate', async () => {
    const model = await openPackage(tinyPackage('tiny-linear', name, regressor(mlp([3, 1])), settings(name)));
    const random = createRandom(8);
    const draw = (shape: readonly number[], n: number) =>
      tensor(
        shape,
        Array.from({ length: n }, () => random.normal()),
      );
    const { losses } = await model.adapt(draw([10, 3], 30), draw([10, 1], 10), 40, 0.05);
    for (const [i, loss] of losses.slice(1).entries())
      expect(loss).toBeLessThanOrEqual((losses[i] as number) + 1e-6);
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
  });
});

/** Each algorithm under its defaults. */
function settings(name: AlgorithmName): unknown {
  return Schema.Default(algorithms[name].settings, {});
}

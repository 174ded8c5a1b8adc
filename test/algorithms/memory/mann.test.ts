import { describe, expect, it } from 'vitest';
import { metaParametersOf } from '../../../src/algorithms/algorithm.ts';
import { mann } from '../../../src/algorithms/memory/mann.ts';
import { softmax } from '../../../src/domain/trust/softmax.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier } from '../../../src/nn/network.ts';
import { type Tensor, type Tensors, tensor } from '../../../src/tensor.ts';
import { assemblePackage } from '../../../src/training/loop/make-package.ts';
import { startWeights } from '../../../src/training/loop/weights.ts';
import { createRandom } from '../../../src/training/random.ts';
import { expectClose } from '../../support/close.ts';
import { openPackage } from '../../support/packages/open-package.ts';

const settings = { slots: 5, keySize: 3, hidden: 4 };
const net = classifier(mlp([2, 3]));
const support = tensor([4, 2], [0.3, -1.2, 0.8, 0.1, -0.5, 0.9, 1.4, -0.7]);
const labels = tensor([4, 2], [1, 0, 0, 1, 2, 0, 0, 1]);
const queries = tensor([2, 2], [0.5, 0.5, -1, 0.2]);

function weights(change: Tensors = {}): Tensors {
  return { ...startWeights(metaParametersOf(mann, net, settings), createRandom(7)), ...change };
}

function open(theta: Tensors) {
  const facts = {
    name: 'tiny-mann',
    version: '1.0.0',
    description: 'For tests',
    preprocessing: { kind: 'none' as const },
    inner: {
      steps: { default: 1, minimum: 0, maximum: 9 },
      rate: { default: 1, minimum: 0, maximum: 1 },
      classes: { minimum: 2, maximum: 9 },
      examples: { minimum: 1, maximum: 9 },
    },
    metrics: [],
  };
  return openPackage(assemblePackage(facts, mann, settings, net, theta));
}

type Matrix = number[][];
const matrix = ({ shape: [n = 1, d = 1], data }: Tensor): Matrix =>
  Array.from({ length: n }, (_, i) => [...data.subarray(i * d, (i + 1) * d)]);
const times = (v: readonly number[], m: Matrix) =>
  (m[0] ?? []).map((_, j) => v.reduce((sum, x, i) => sum + x * (m[i]?.[j] ?? 0), 0));
const plus = (...vs: readonly (readonly number[])[]) =>
  (vs[0] ?? []).map((_, i) => vs.reduce((sum, v) => sum + (v[i] ?? 0), 0));
const cosine = (a: readonly number[], b: readonly number[]) => {
  const dot = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, x, i) => sum + x * (q[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt((dot(a, a) + 1e-8) * (dot(b, b) + 1e-8));
};
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The equations of Santoro et al. as loops, with the label columns of this project. */
function byHand(theta: Tensors, passes: number) {
  const at = (name: string) => theta[name] as Tensor;
  const [m, v] = [(name: string) => matrix(at(name)), (name: string) => [...at(name).data]];
  const scale = at('attention.scale').data[0] as number;
  const memory = {
    keys: Array.from({ length: settings.slots }, () => [0, 0, 0]),
    labels: Array.from({ length: settings.slots }, () => [0, 0]),
    usage: [0, 0, 0, 0, 0],
    reading: [0, 0, 0, 0, 0],
    shown: [0, 0, 0, 0],
    cell: [0, 0, 0, 0],
  };
  const control = (x: readonly number[]) => {
    const features = plus(times(x, m('dense1.weight')), v('dense1.bias'));
    const sums = plus(
      times(features, m('controller.features')),
      times(times(memory.reading, memory.keys), m('controller.read')),
      times(memory.shown, m('controller.hidden')),
      v('controller.bias'),
    );
    const gate = (k: number, j: number) => sums[4 * k + j] as number;
    const cell = memory.cell.map(
      (c, j) => sigmoid(gate(1, j) + 1) * c + sigmoid(gate(0, j)) * Math.tanh(gate(2, j)),
    );
    const shown = cell.map((c, j) => sigmoid(gate(3, j)) * Math.tanh(c));
    return { cell, shown, key: plus(times(shown, m('key.weight')), v('key.bias')).map(Math.tanh) };
  };
  for (let pass = 0; pass < passes; pass++) {
    matrix(support).forEach((x, t) => {
      const { cell, shown, key } = control(x);
      Object.assign(memory, { cell, shown });
      const gate = sigmoid(plus(times(shown, m('gate.weight')), v('gate.bias'))[0] as number);
      const free = memory.usage.indexOf(Math.min(...memory.usage));
      const writing = memory.reading.map((w, i) => gate * w + (1 - gate) * (i === free ? 1 : 0));
      for (const [i, w] of writing.entries()) {
        const kept = i === free ? 0 : 1;
        memory.keys[i] = (memory.keys[i] as number[]).map((k, j) => kept * k + w * (key[j] as number));
        memory.labels[i] = (memory.labels[i] as number[]).map(
          (y, c) => kept * y + w * (labels.data[t * 2 + c] as number),
        );
      }
      memory.reading = [...softmax(memory.keys.map((slot) => scale * cosine(key, slot)))];
      memory.usage = memory.usage.map((u, i) => 0.95 * u + (memory.reading[i] ?? 0) + (writing[i] ?? 0));
    });
  }
  const answers = matrix(queries).map((x) => {
    const attention = memory.keys.map((slot) => Math.exp(scale * (cosine(control(x).key, slot) - 1)));
    return times(attention, memory.labels).map(Math.log);
  });
  return { memory, answers };
}

const tensorOf = (rows: readonly (readonly number[])[]) =>
  tensor([rows.length, rows[0]?.length ?? 0], rows.flat());

describe('the memory-augmented network', () => {
  it.each([1, 2])(
    'reads and writes as the equations say, with the support set given %i times',
    async (passes) => {
      const theta = weights({ 'gate.weight': tensor([4, 1], [0.5, -0.8, 1.1, 0.3]) });
      const expected = byHand(theta, passes);
      const model = await open(theta);
      const { state } = await model.adapt(support, labels, passes, 1);
      const { usage, reading, shown, cell, ...slots } = expected.memory;
      for (const [name, rows] of Object.entries({ ...slots, usage: [usage], reading: [reading] }))
        expectClose(state[name] as Tensor, tensorOf(rows), 1e-4, name);
      for (const [name, row] of Object.entries({ shown, cell }))
        expectClose(state[name] as Tensor, tensorOf([row]), 1e-4, name);
      expectClose(await model.predict(state, queries), tensorOf(expected.answers), 1e-3);
    },
  );

  it('gives every example its own slot while slots are free', async () => {
    const model = await open(weights({ 'gate.bias': tensor([1], [-40]) }));
    const { state } = await model.adapt(support, labels, 1, 1);
    expect(matrix(state.labels as Tensor)).toEqual([...matrix(labels), [0, 0]]);
  });

  it('erases the least used slot when none is free', async () => {
    const model = await open(weights({ 'gate.bias': tensor([1], [-40]) }));
    const { state } = await model.adapt(support, labels, 2, 1);
    const held = matrix(state.labels as Tensor);
    expect(held.every((row) => matrix(labels).some((label) => `${label}` === `${row}`))).toBe(true);
    // The five slots hold the last five of the eight examples.
    expect(held.map(String).toSorted()).toEqual(
      [...matrix(labels), matrix(labels)[3]].map(String).toSorted(),
    );
  });

  it('gives every class the same logit before the first step', async () => {
    const model = await open(weights());
    const { state } = await model.adapt(support, labels, 0, 1);
    const logits = await model.predict(state, queries);
    expect(new Set(logits.data).size).toBe(1);
  });
});

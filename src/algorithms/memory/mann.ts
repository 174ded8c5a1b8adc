import { Type } from 'typebox';
import {
  add,
  constant,
  gemm,
  mul,
  reduceSum,
  reshape,
  scan,
  sigmoid,
  softmax,
  sub,
  tanh,
} from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { cosines, readLabels } from '../../nn/layers/attention.ts';
import { type LstmState, lstmParameters, lstmStep } from '../../nn/layers/lstm.ts';
import { leastUsed, write } from '../../nn/layers/memory.ts';
import { type Params, startAt, weightOf, weightsOf } from '../../nn/parameters.ts';
import { sizeOf } from '../../tensor.ts';
import { defineAlgorithm } from '../algorithm.ts';

/** γ: the fraction of a slot's usage that remains after each example. */
const USAGE_DECAY = 0.95;

/** The tensors of the state, in the order of the programs' signature. */
const PARTS = ['keys', 'labels', 'usage', 'reading', 'shown', 'cell'] as const;

const Count = Type.Integer({ minimum: 1 });

/**
 * Memory-augmented network: an LSTM controller reads the support set example by example and writes each into the least
 * used slot of an external memory. A prediction reads the memory with the key of the query.
 *
 *     hₜ = LSTM(f(xₜ), rₜ₋₁),    kₜ = tanh(hₜ W),    gₜ = σ(hₜ w)
 *     w^w = gₜ w^r_{t−1} + (1 − gₜ) w^lu,    M ← M + w^wᵀ kₜ,    Y ← Y + w^wᵀ yₜ
 *     w^r = softmax(s cos(kₜ, M)),    rₜ = w^r M,    u ← γ u + w^r + w^w
 *
 * where w^lu marks the least used slot, which is erased first. One step writes the whole support set; each further step
 * writes it again. State: keys M, labels Y, usage u, the last read weights and the controller's h and c.
 *
 * Differences from the paper: labels are written beside the keys, one column per class, and read by the same attention,
 * so that one package works for any number of classes. In the paper labels enter the controller one step late, and the
 * output has weights per class. The scale s of the cosine is learned here. A query reads the memory but does not write,
 * so its prediction does not depend on other queries. The rate of a request scales the writes and erasures; a package's
 * default is 1.
 *
 * @see Santoro, Bartunov, Botvinick, Wierstra & Lillicrap, ICML 2016, https://arxiv.org/abs/1605.06065, §3, eq. 2 to 8
 */
export const mann = defineAlgorithm({
  name: 'mann',
  reference:
    'Santoro, Bartunov, Botvinick, Wierstra & Lillicrap, Meta-Learning with Memory-Augmented Neural Networks, ICML 2016, ' +
    'https://arxiv.org/abs/1605.06065',
  task: 'classification',
  settings: Type.Object(
    {
      slots: { ...Count, default: 128 },
      keySize: { ...Count, default: 64 },
      hidden: { ...Count, default: 200 },
    },
    { additionalProperties: false },
  ),

  parameters: (net, { keySize, hidden }) => ({
    'controller.features': { shape: [net.features, 4 * hidden], start: { normal: net.features ** -0.5 } },
    'controller.read': { shape: [keySize, 4 * hidden], start: { normal: keySize ** -0.5 } },
    ...lstmParameters('controller', hidden),
    'key.weight': { shape: [hidden, keySize], start: { normal: hidden ** -0.5 } },
    'key.bias': startAt(0, [keySize]),
    'gate.weight': startAt(0, [hidden, 1]),
    'gate.bias': startAt(-2, [1]),
    'attention.scale': startAt(10, []),
  }),

  init(_net, _theta, { y }, { slots, keySize, hidden }) {
    const classes = reshape(reduceSum(y, [0]), [1, y.shape[1] ?? 1]);
    return {
      keys: zeros([slots, keySize]),
      labels: mul(zeros([slots, 1]), classes),
      usage: zeros([1, slots]),
      reading: zeros([1, slots]),
      shown: zeros([1, hidden]),
      cell: zeros([1, hidden]),
    };
  },

  step(net, theta, state, support, rate) {
    const drives = driven(theta, net.embed(theta, support.x));
    const loss = net.loss(read(theta, state, drives), support.y);
    const { carry } = scan(
      { carry: weightsOf(state, PARTS), sequences: { drives, labels: support.y } },
      (memory, item) => ({
        carry: writeExample(theta, memory, row(item.drives), row(item.labels), rate),
      }),
    );
    return { state: carry, loss };
  },

  predict: (net, theta, state, x) => read(theta, state, driven(theta, net.embed(theta, x))),
});

type Memory = Readonly<Record<(typeof PARTS)[number], Value>>;

const zeros = (shape: readonly number[]) => constant({ shape, data: new Float32Array(sizeOf(shape)) });
const row = (item: Value) => reshape(item, [1, item.shape[0] ?? 1]);

/** The contribution of the features to the controller's gates: f W [n, 4 hidden], for all examples at once. */
const driven = (theta: Params, features: Value) => gemm(features, weightOf(theta, 'controller.features'));

/** The controller's state after one more example. `reading` holds the last read weights. */
function control(theta: Params, { keys, reading, shown, cell }: Memory, drive: Value): LstmState {
  const last = gemm(gemm(reading, keys), weightOf(theta, 'controller.read'));
  return lstmStep(theta, 'controller', add(drive, last), { hidden: shown, cell });
}

const keyOf = (theta: Params, hidden: Value) =>
  tanh(add(gemm(hidden, weightOf(theta, 'key.weight')), weightOf(theta, 'key.bias')));

/** The memory after writing one example: drive [1, 4 hidden], label [1, ways]. */
function writeExample(theta: Params, memory: Memory, drive: Value, label: Value, rate: Value): Memory {
  const { hidden, cell } = control(theta, memory, drive);
  const key = keyOf(theta, hidden);
  const gate = sigmoid(add(gemm(hidden, weightOf(theta, 'gate.weight')), weightOf(theta, 'gate.bias')));
  const free = leastUsed(memory.usage);
  const weights = add(mul(gate, memory.reading), mul(sub(1, gate), free));
  const [erase, written] = [mul(rate, free), mul(rate, weights)];
  const keys = write(memory.keys, erase, written, key);
  const labels = write(memory.labels, erase, written, label);
  const reading = softmax(mul(weightOf(theta, 'attention.scale'), cosines(key, keys)));
  const usage = add(add(mul(memory.usage, USAGE_DECAY), reading), weights);
  return { keys, labels, usage, reading, shown: hidden, cell };
}

/** Logits [b, ways] that the memory gives for the keys of b queries. */
function read(theta: Params, state: Params, drives: Value): Value {
  const memory = weightsOf(state, PARTS);
  const key = keyOf(theta, control(theta, memory, drives).hidden);
  return readLabels(cosines(key, memory.keys), memory.labels, weightOf(theta, 'attention.scale'));
}

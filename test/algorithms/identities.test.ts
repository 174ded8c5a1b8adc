import { describe, expect, it } from 'vitest';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { metaParametersOf } from '../../src/algorithms/algorithm.ts';
import { type AlgorithmName, algorithms } from '../../src/algorithms/catalogue.ts';
import { metaObjective } from '../../src/algorithms/objective.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { classifier, type Network, regressor } from '../../src/nn/network.ts';
import { type Tensor, type Tensors, tensor } from '../../src/tensor.ts';
import { startWeights } from '../../src/training/loop/weights.ts';
import { createRandom } from '../../src/training/random.ts';
import { expectClose } from '../support/close.ts';
import { openPackage } from '../support/packages/open-package.ts';
import { tinyPackage } from '../support/packages.ts';

const x = tensor([4, 2], [0.3, -1.2, 0.8, 0.1, -0.5, 0.9, 1.4, -0.7]);
const y = tensor([4, 2], [1, 0, 0, 1, 1, 0, 0, 1]);
const net = () => classifier(mlp([2, 6, 4]));

async function stateOf(
  name: AlgorithmName,
  settings: unknown,
  steps: number,
  rate: number,
): Promise<Tensors> {
  const model = await openPackage(tinyPackage(`tiny-${name}`, name, net(), settings));
  return (await model.adapt(x, y, steps, rate)).state;
}

describe('algorithms that take gradient steps', () => {
  it('Meta-SGD with all rates α equals MAML at rate α', async () => {
    const [maml, metaSgd] = await Promise.all([
      stateOf('maml', { order: 2 }, 3, 0.05),
      stateOf('meta-sgd', { order: 2, initialRate: 0.05 }, 3, 1),
    ]);
    for (const [name, weight] of Object.entries(maml))
      expectClose(metaSgd[name] as Tensor, weight, 1e-6, name);
  });

  it('ANIL moves the head as MAML does in its first step, and has no body in its state', async () => {
    const [maml, anil] = await Promise.all([
      stateOf('maml', { order: 2 }, 1, 0.05),
      stateOf('anil', { order: 2 }, 1, 0.05),
    ]);
    expect(Object.keys(anil)).toEqual(['head.weight', 'head.bias']);
    for (const [name, weight] of Object.entries(anil)) expectClose(weight, maml[name] as Tensor, 1e-6, name);
  });

  it('Reptile adapts as MAML does: only the meta-gradient differs', async () => {
    expect(await stateOf('reptile', {}, 3, 0.05)).toEqual(await stateOf('maml', { order: 1 }, 3, 0.05));
  });
});

describe('the meta-gradient', () => {
  const regression = regressor(mlp([1, 5, 1]));
  const feeds = {
    support_x: tensor([3, 1], [-1, 0.5, 2]),
    support_y: tensor([3, 1], [0.2, -0.4, 1]),
    query_x: tensor([2, 1], [0, 1]),
    query_y: tensor([2, 1], [0.5, -0.5]),
  };

  async function gradients(
    name: AlgorithmName,
    settings: unknown,
    of: Network,
    given: Tensors,
    steps: number,
  ) {
    const weights = startWeights(metaParametersOf(algorithms[name], of, settings), createRandom(4));
    const objective = metaObjective(algorithms[name], of, settings, { steps, rate: 0.1, lossAfter: 'last' });
    const {
      loss: _,
      output: __,
      ...rest
    } = await (await compile(encodeProgram(objective))).run({ ...weights, ...given });
    return rest;
  }

  it('of Reptile after one step is α times the gradient of the support loss', async () => {
    const reptile = await gradients('reptile', {}, regression, feeds, 1);
    // With no steps, MAML's meta-gradient is the gradient of the query loss. Here the query set is the support set.
    const asQuery = { ...feeds, query_x: feeds.support_x, query_y: feeds.support_y };
    const plain = await gradients('maml', { order: 2 }, regression, asQuery, 0);
    for (const [name, grad] of Object.entries(plain)) {
      const scaled = { shape: grad.shape, data: grad.data.map((value) => 0.1 * value) };
      expectClose(reptile[name] as Tensor, scaled, 1e-5, name);
    }
  });

  it('of Meta-SGD has every rate, in the shape of its weight', async () => {
    const grads = await gradients('meta-sgd', { order: 2, initialRate: 0.1 }, regression, feeds, 1);
    for (const [name, { shape }] of Object.entries(regression.parameters)) {
      expect(grads[`gradient/rate.${name}`]?.shape).toEqual(shape);
      expect(grads[`gradient/rate.${name}`]?.data.some((value) => value !== 0)).toBe(true);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/adapters/onnxruntime/threads/session.ts';
import { metaObjective } from '../../../src/algorithms/objective.ts';
import { maml } from '../../../src/algorithms/optimisation/maml.ts';
import { encodeProgram } from '../../../src/graph/export/encode.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier, type Network, regressor } from '../../../src/nn/network.ts';
import { type Tensor, type Tensors, tensor } from '../../../src/tensor.ts';
import { startWeights } from '../../../src/training/loop/weights.ts';
import { createRandom } from '../../../src/training/random.ts';
import { expectClose } from '../../support/close.ts';
import { openPackage } from '../../support/packages/open-package.ts';
import { tinyPackage } from '../../support/packages.ts';

const random = createRandom(3);
const draw = (shape: readonly number[]) =>
  tensor(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  );
const oneHot = (labels: readonly number[], ways: number) =>
  tensor(
    [labels.length, ways],
    labels.flatMap((k) => Array.from({ length: ways }, (_, j) => (j === k ? 1 : 0))),
  );

interface Case {
  readonly net: Network;
  readonly feeds: Tensors;
}
const regression: Case = {
  net: regressor(mlp([1, 6, 1])),
  feeds: { support_x: draw([5, 1]), support_y: draw([5, 1]), query_x: draw([7, 1]), query_y: draw([7, 1]) },
};
const classification: Case = {
  net: classifier(mlp([2, 6, 4])),
  feeds: {
    support_x: draw([4, 2]),
    support_y: oneHot([0, 1, 2, 1], 3),
    query_x: draw([5, 2]),
    query_y: oneHot([0, 1, 2, 0, 1], 3),
  },
};

async function objective(
  { net, feeds }: Case,
  order: 1 | 2,
  steps: number,
  lossAfter: 'last' | 'every' = 'last',
) {
  const graph = metaObjective(maml, net, { order }, { steps, rate: 0.05, lossAfter });
  const session = await compile(encodeProgram(graph));
  return (weights: Tensors) => session.run({ ...weights, ...feeds });
}

describe.each([
  ['regression', regression],
  ['classification', classification],
])('the meta-gradient of MAML, %s', (_task, example) => {
  const weights = startWeights(example.net.parameters, createRandom(5));

  it.each([0, 1, 3])('matches central differences through %i steps', async (steps) => {
    const run = await objective(example, 2, steps, 'every');
    const { loss: _, output: __, ...gradients } = await run(weights);
    const step = 1e-2;
    for (const [name, weight] of Object.entries(weights)) {
      const direction = weight.data.map(() => random.normal());
      const norm = Math.hypot(...direction);
      const along = async (distance: number) => {
        const data = weight.data.map((w, i) => w + (distance * (direction[i] as number)) / norm);
        const { loss } = await run({ ...weights, [name]: { shape: weight.shape, data } });
        return loss?.data[0] as number;
      };
      const expected = (gradients[`gradient/${name}`] as Tensor).data.reduce(
        (sum, g, i) => sum + (g * (direction[i] as number)) / norm,
        0,
      );
      expect(expected).toBeCloseTo(((await along(step)) - (await along(-step))) / (2 * step), 2);
    }
  });

  it('equals the first-order one without steps, and differs with steps', async () => {
    const gradientsAt = async (order: 1 | 2, steps: number) => {
      const result = await (await objective(example, order, steps))(weights);
      return Object.keys(weights).flatMap((name) => [...(result[`gradient/${name}`] as Tensor).data]);
    };
    expect(await gradientsAt(1, 0)).toEqual(await gradientsAt(2, 0));
    const [first, second] = [await gradientsAt(1, 2), await gradientsAt(2, 2)];
    expect(Math.max(...first.map((g, i) => Math.abs(g - (second[i] as number))))).toBeGreaterThan(1e-3);
  });
});

describe('adaptation by MAML', () => {
  it('starts a classifier as the nearest prototype: both algorithms rank classes in the same order before the first step', async () => {
    const net = () => classifier(mlp([2, 6, 4]));
    const [byGradient, byPrototype] = await Promise.all([
      openPackage(tinyPackage('a', 'maml', net(), { order: 2 })),
      openPackage(tinyPackage('b', 'protonets', net(), {})),
    ]);
    const { support_x: x, support_y: y, query_x: query } = classification.feeds as Record<string, Tensor>;
    const logits = async ({ adapt, predict }: typeof byGradient) =>
      predict((await adapt(x as Tensor, y as Tensor, 0, 0)).state, query as Tensor);
    const [a, b] = [await logits(byGradient), await logits(byPrototype)];
    // They differ by −‖f‖², which is the same for every class of a row, and by the head's scale.
    const centred = ({ shape, data }: Tensor, scale: number) =>
      tensor(
        shape,
        data.map((value, i) => scale * (value - (data[Math.floor(i / 3) * 3] as number))),
      );
    const { start } = net().parameters['head.scale'] as { start: { constant: number } };
    expectClose(centred(a, 1), centred(b, start.constant), 1e-4);
  });

  it('takes the step θ − α∇L: one step on a linear model is the closed form', async () => {
    const net = regressor(mlp([1, 1]));
    const weights = startWeights(net.parameters, createRandom(1));
    const [w, b] = ['dense1.weight', 'dense1.bias'].map(
      (name) => (weights[name] as Tensor).data[0] as number,
    );
    const model = await openPackage(tinyPackage('linear', 'maml', net, { order: 1 }));
    const { state, losses } = await model.adapt(tensor([2, 1], [1, 2]), tensor([2, 1], [3, 5]), 1, 0.1);
    const errors = [(w as number) * 1 + (b as number) - 3, (w as number) * 2 + (b as number) - 5] as const;
    expect(losses[0]).toBeCloseTo((errors[0] ** 2 + errors[1] ** 2) / 2, 4);
    expect(state['dense1.weight']?.data[0]).toBeCloseTo(
      (w as number) - 0.1 * (errors[0] * 1 + errors[1] * 2),
      4,
    );
    expect(state['dense1.bias']?.data[0]).toBeCloseTo((b as number) - 0.1 * (errors[0] + errors[1]), 4);
  });
});

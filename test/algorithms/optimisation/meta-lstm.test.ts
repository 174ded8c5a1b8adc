import { describe, expect, it } from 'vitest';
import { metaLstm } from '../../../src/algorithms/optimisation/meta-lstm.ts';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier, regressor } from '../../../src/nn/network.ts';
import { type Tensor, tensor } from '../../../src/tensor.ts';
import { assemblePackage } from '../../../src/training/loop/make-package.ts';
import { expectClose } from '../../support/close.ts';
import { openPackage } from '../../support/packages/open-package.ts';
import { tinyPackage } from '../../support/packages.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const logit = (p: number) => Math.log(p / (1 - p));
const scaled = (x: number): [number, number] =>
  Math.abs(x) >= Math.exp(-10) ? [Math.log(Math.abs(x)) / 10, Math.sign(x)] : [-1, Math.exp(10) * x];

describe('Meta-LSTM', () => {
  it('with constant gates (forget 1, input α) equals MAML at rate α', async () => {
    const [x, y] = [
      tensor([4, 2], [0.3, -1.2, 0.8, 0.1, -0.5, 0.9, 1.4, -0.7]),
      tensor([4, 2], [1, 0, 0, 1, 1, 0, 0, 1]),
    ];
    const net = () => classifier(mlp([2, 6, 4]));
    const settings = { inputBias: logit(0.05), forgetBias: 30 };
    const lstm = await openPackage(tinyPackage('tiny-lstm', 'meta-lstm', net(), settings));
    const maml = await openPackage(tinyPackage('tiny-maml', 'maml', net(), { order: 1 }));
    const [learnt, plain] = [await lstm.adapt(x, y, 3, 1), await maml.adapt(x, y, 3, 0.05)];
    for (const [name, weight] of Object.entries(plain.state))
      expectClose(learnt.state[name] as Tensor, weight, 1e-5, name);
  });

  it('moves a weight according to the equations, in two steps', async () => {
    // ŷ = w x + b on one example, so that every quantity can be written out.
    const [x, y, theta] = [1.5, 2, { w: 0.4, b: -0.3 }];
    const gates = {
      input: { weight: [0.5, -0.4, 0.3, 0.2, -0.6, 0.7], bias: -1 },
      forget: { weight: [-0.2, 0.1, 0.4, -0.3, 0.5, 0.6], bias: 2 },
    };
    const weights = {
      'dense1.weight': tensor([1, 1], [theta.w]),
      'dense1.bias': tensor([1], [theta.b]),
      'meta.input.weight': tensor([6], gates.input.weight),
      'meta.input.bias': tensor([], [gates.input.bias]),
      'meta.forget.weight': tensor([6], gates.forget.weight),
      'meta.forget.bias': tensor([], [gates.forget.bias]),
    };
    const facts = {
      name: 'by-hand',
      version: '1.0.0',
      description: 'For tests',
      preprocessing: { kind: 'none' },
      inner: {
        steps: { default: 1, minimum: 0, maximum: 9 },
        rate: { default: 1, minimum: 0, maximum: 1 },
        examples: { minimum: 1, maximum: 9 },
      },
      metrics: [],
    } as const;
    const model = await openPackage(
      assemblePackage({ ...facts, metrics: [] }, metaLstm, {}, regressor(mlp([1, 1])), weights),
    );

    const cell = { w: theta.w, b: theta.b };
    const last = {
      input: { w: sigmoid(-1), b: sigmoid(-1) },
      forget: { w: sigmoid(2), b: sigmoid(2) },
    };
    const losses: number[] = [];
    for (let step = 0; step < 2; step++) {
      const error = cell.w * x + cell.b - y;
      losses.push(error ** 2);
      const grads = { w: 2 * error * x, b: 2 * error };
      const loss = error ** 2;
      for (const name of ['w', 'b'] as const) {
        const open = (gate: 'input' | 'forget') => {
          const features = [...scaled(grads[name]), ...scaled(loss), cell[name], last[gate][name]];
          return sigmoid(
            features.reduce(
              (sum, value, k) => sum + value * (gates[gate].weight[k] as number),
              gates[gate].bias,
            ),
          );
        };
        const [input, forget] = [open('input'), open('forget')];
        cell[name] = forget * cell[name] - input * grads[name];
        [last.input[name], last.forget[name]] = [input, forget];
      }
    }
    const adapted = await model.adapt(tensor([1, 1], [x]), tensor([1, 1], [y]), 2, 1);
    expect(adapted.losses[0]).toBeCloseTo(losses[0] as number, 5);
    expect(adapted.losses[1]).toBeCloseTo(losses[1] as number, 5);
    expect(adapted.state['dense1.weight']?.data[0]).toBeCloseTo(cell.w, 5);
    expect(adapted.state['dense1.bias']?.data[0]).toBeCloseTo(cell.b, 5);
    expect(adapted.state['input.dense1.weight']?.data[0]).toBeCloseTo(last.input.w, 5);
    expect(adapted.state['forget.dense1.bias']?.data[0]).toBeCloseTo(last.forget.b, 5);
  });
});

import { describe, expect, it } from 'vitest';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { decodeModel } from '../../src/onnx/decode.ts';
import { repeatStep } from '../../src/onnx/unroll.ts';
import { type Tensor, type Tensors, tensor } from '../../src/tensor.ts';
import { expectClose } from '../support/close.ts';
import { tinyPackages } from '../support/packages.ts';

const support = {
  support_x: tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]),
  support_y: tensor([4, 2], [1, 0, 1, 0, 0, 1, 0, 1]),
  rate: tensor([], [0.05]),
};

async function run(model: Uint8Array, feeds: Tensors): Promise<Tensors> {
  const session = await compile(model);
  const outputs = await session.run(feeds);
  await session.dispose();
  return outputs;
}

const entering = (outputs: Tensors): Tensors =>
  Object.fromEntries(Object.entries(outputs).map(([name, each]) => [name.replace(/\.next$/, ''), each]));

describe('repeatStep', () => {
  const { init, step = new Uint8Array() } = tinyPackages.gradients().programs;

  it.each([1, 2, 5])('gives the same result as %i runs of the step program', async (times) => {
    const { rate: _, ...examples } = support;
    const start = await run(init, examples);
    const losses: number[] = [];
    let expected = start;
    for (let k = 0; k < times; k++) {
      const { loss, ...next } = await run(step, { ...expected, ...support });
      losses.push(loss?.data[0] ?? Number.NaN);
      expected = entering(next);
    }
    const { losses: actualLosses, ...next } = await run(repeatStep(step, times), { ...start, ...support });
    expectClose(actualLosses, tensor([times], losses), 1e-6);
    const actual = entering(next);
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [name, each] of Object.entries(expected))
      expectClose(actual[name], each as Tensor, 1e-6, name);
  });

  it('has the inputs of the step program and contains its constants once', () => {
    const [one, five] = [step, repeatStep(step, 5)].map((each) => decodeModel(each));
    expect(five?.inputs).toEqual(one?.inputs);
    expect(five?.nodes.length).toBe(5 * (one?.nodes.length ?? 0) + 6);
    expect(five?.initializers.length).toBe((one?.initializers.length ?? 0) + 1);
  });
});

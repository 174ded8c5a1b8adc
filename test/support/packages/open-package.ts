import { compile, type Session } from '../../../src/adapters/onnxruntime/threads/session.ts';
import type { Package } from '../../../src/package/manifest.ts';
import { type Tensor, type Tensors, tensor } from '../../../src/tensor.ts';

export interface OpenPackage {
  adapt(
    x: Tensor,
    y: Tensor,
    steps: number,
    rate: number,
  ): Promise<{ state: Tensors; losses: readonly number[] }>;
  predict(state: Tensors, x: Tensor): Promise<Tensor>;
}

/** Runs the programs of a package one by one on this thread, as `model.json` specifies them. */
export async function openPackage({ manifest, programs }: Package): Promise<OpenPackage> {
  const [init, step] = await Promise.all([compile(programs.init), programs.step && compile(programs.step)]);
  // Opened at the first prediction: not every test predicts.
  let opened: Promise<Session> | undefined;
  const predictor = () => {
    opened ??= compile(programs.predict);
    return opened;
  };
  const names = manifest.state.map(({ name }) => name);
  return {
    async adapt(x, y, steps, rate) {
      const support = { support_x: x, support_y: y };
      let state = await init.run(support);
      const losses: number[] = [];
      for (let k = 0; k < steps; k++) {
        if (!step) throw new RangeError(`Expected ${manifest.name} to have a step`);
        const next = await step.run({ ...state, ...support, rate: tensor([], [rate]) });
        losses.push(next.loss?.data[0] ?? Number.NaN);
        state = Object.fromEntries(names.map((name) => [name, next[`${name}.next`] as Tensor]));
      }
      return { state, losses };
    },
    predict: async (state, x) => (await (await predictor()).run({ ...state, x })).y as Tensor,
  };
}

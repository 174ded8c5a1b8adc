import type { TSchema } from 'typebox';
import { constant, input } from '../graph/ops/index.ts';
import { type Program, program } from '../graph/program.ts';
import type { Value } from '../graph/value.ts';
import type { Network, Support } from '../nn/network.ts';
import type { Params } from '../nn/parameters.ts';
import type { ProgramName } from '../package/manifest.ts';
import type { Tensors } from '../tensor.ts';
import type { Algorithm } from './algorithm.ts';

/** Weights are told from other constants by this prefix; `metaParameters` of a package reads them back. */
export const THETA = 'theta/';

export type Programs = Readonly<Partial<Record<ProgramName, Program>>> & {
  readonly init: Program;
  readonly predict: Program;
};

const inputsOf = (params: Params): Readonly<Record<string, Value<'Input'>>> =>
  Object.fromEntries(Object.entries(params).map(([name, { shape }]) => [name, input(name, shape)]));

const suffixed = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [`${name}.next`, value]));

/** The three programs of the package contract, with trained meta-parameters as constants. */
export function emitPrograms(
  algorithm: Algorithm<TSchema>,
  net: Network,
  weights: Tensors,
  settings: unknown,
): Programs {
  const theta: Params = Object.fromEntries(
    Object.entries(weights).map(([name, tensor]) => [name, constant(tensor, `${THETA}${name}`)]),
  );
  const support = {
    x: input('support_x', ['N', ...net.inputShape]),
    y: input('support_y', ['N', ...net.outputShape]),
  } satisfies Support;
  const x = input('x', ['B', ...net.inputShape]);
  const rate = input('rate', []);

  const started = algorithm.init(net, theta, support, settings);
  const state = inputsOf(started);
  const inputs = Object.values(state);
  const stepped = algorithm.step?.(net, theta, state, support, rate, settings);
  const y = algorithm.predict(net, theta, state, x, settings);
  return {
    init: program('init', [support.x, support.y], started),
    ...(stepped && {
      step: program('step', [...inputs, support.x, support.y, rate], {
        ...suffixed(stepped.state),
        loss: stepped.loss,
      }),
    }),
    predict: program('predict', [...inputs, x], { y }),
  };
}

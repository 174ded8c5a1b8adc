import type { TSchema } from 'typebox';
import { constant, input } from '../graph/ops/index.ts';
import { type OnPass, type Program, program } from '../graph/program.ts';
import type { Network, Support } from '../nn/network.ts';
import { kernelsAmong, pack, unpack } from '../nn/packing.ts';
import { type Params, parameterInputs } from '../nn/parameters.ts';
import type { ProgramName } from '../package/manifest.ts';
import type { Tensors } from '../tensor.ts';
import type { Algorithm } from './algorithm.ts';

/**
 * Prefix of the names of weights, which distinguishes them from other constants. `metaParameters` reads the weights
 * back from a package.
 */
export const THETA = 'theta/';

export type Programs = Readonly<Partial<Record<ProgramName, Program>>> & {
  readonly init: Program;
  readonly predict: Program;
};

const suffixed = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [`${name}.next`, value]));

/** The three programs of the package contract, with trained meta-parameters as constants. The state is packed. */
export function emitPrograms(
  algorithm: Algorithm<TSchema>,
  net: Network,
  weights: Tensors,
  settings: unknown,
  onPass?: OnPass,
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

  const initial = algorithm.init(net, theta, support, settings);
  const plain = parameterInputs(initial);
  const kernels = kernelsAmong(plain, [algorithm.predict(net, theta, plain, x, settings)]);
  const packed = pack(initial, kernels);
  const given = parameterInputs(packed);
  const inputs = Object.values(given);
  const state = unpack(given, initial, kernels);
  const stepped = algorithm.step?.(net, theta, state, support, rate, settings);
  const y = algorithm.predict(net, theta, state, x, settings);
  return {
    init: program('init', [support.x, support.y], packed, onPass),
    ...(stepped && {
      step: program(
        'step',
        [...inputs, support.x, support.y, rate],
        { ...suffixed(pack(stepped.state, kernels)), loss: stepped.loss },
        onPass,
      ),
    }),
    predict: program('predict', [...inputs, x], { y }, onPass),
  };
}

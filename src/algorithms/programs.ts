import type { TSchema } from 'typebox';
import { channelsFirst, packKernel } from '../graph/lowering/im2col.ts';
import { constant, input, reshape } from '../graph/ops/index.ts';
import { type Program, program } from '../graph/program.ts';
import type { Value } from '../graph/value.ts';
import type { Network, Support } from '../nn/network.ts';
import { type Params, parameterInputs, weightOf } from '../nn/parameters.ts';
import type { ProgramName } from '../package/manifest.ts';
import type { Tensors } from '../tensor.ts';
import type { Algorithm } from './algorithm.ts';

/** Weights are told from other constants by this prefix; `metaParameters` of a package reads them back. */
export const THETA = 'theta/';

export type Programs = Readonly<Partial<Record<ProgramName, Program>>> & {
  readonly init: Program;
  readonly predict: Program;
};

/**
 * A state as it is kept between programs: the weights of a convolution [o, c, kh, kw] as the matrices that its products
 * read, [o, kh·kw·c], so that neither a step nor a prediction turns them around.
 */
const kept = (state: Params): Params =>
  mapValues(state, (each) => (isKernel(each) ? packKernel(each) : each));

/** The state as algorithms know it, from inputs as it is kept. */
const asWritten = (state: Params, like: Params): Params =>
  mapValues(state, (each, name) => {
    const original = weightOf(like, name);
    const [filters = 1, channels = 1, height = 1, width = 1] = original.shape;
    return isKernel(original) ? channelsFirst(reshape(each, [filters, height, width, channels])) : each;
  });

const isKernel = ({ shape }: Value) => shape.length === 4;

const mapValues = (params: Params, change: (each: Value, name: string) => Value): Params =>
  Object.fromEntries(Object.entries(params).map(([name, each]) => [name, change(each, name)]));

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

  const made = algorithm.init(net, theta, support, settings);
  const started = kept(made);
  const given = parameterInputs(started);
  const inputs = Object.values(given);
  const state = asWritten(given, made);
  const stepped = algorithm.step?.(net, theta, state, support, rate, settings);
  const y = algorithm.predict(net, theta, state, x, settings);
  return {
    init: program('init', [support.x, support.y], started),
    ...(stepped && {
      step: program('step', [...inputs, support.x, support.y, rate], {
        ...suffixed(kept(stepped.state)),
        loss: stepped.loss,
      }),
    }),
    predict: program('predict', [...inputs, x], { y }),
  };
}

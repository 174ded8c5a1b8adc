import type { TSchema } from 'typebox';
import { gradient } from '../autodiff/gradient.ts';
import { add, div, expandLike, input, reduceMean, scalar } from '../graph/ops/index.ts';
import { commonSubexpressions } from '../graph/passes/common-subexpressions.ts';
import { type OnPass, type Program, program } from '../graph/program.ts';
import { substitute } from '../graph/rewriting/rewrite.ts';
import type { Value } from '../graph/value.ts';
import { vmap } from '../graph/vmap/vmap.ts';
import type { Network } from '../nn/network.ts';
import { type Params, parameterInputs, weightOf } from '../nn/parameters.ts';
import { type Algorithm, metaParametersOf } from './algorithm.ts';

export interface ObjectiveOptions {
  /** Inner steps to differentiate through. */
  readonly steps: number;
  /** Inner learning rate α. */
  readonly rate: number;
  /**
   * `last`: the query loss after the last step (MAML). `every`: the mean of the query losses before the first step and
   * after each step, so that a smaller number of steps works too (Antoniou et al. 2019, arXiv:1810.09502, §4, without
   * annealing).
   */
  readonly lossAfter: 'last' | 'every';
}

/** Inputs that differ between episodes. All episodes share the other inputs. */
const PER_EPISODE = ['support_x', 'support_y', 'query_x', 'query_y'];

/**
 * The meta-training objective of any algorithm, built from the same three functions as the programs:
 *
 *     loss = L(predict(step^k(init(support)), query_x), query_y),   and ∂loss/∂θ
 *
 * Inputs: θ by name, support_x, support_y, query_x, query_y. Outputs: `loss` [], `output` (of the last step) and
 * `gradient/<name>` for each θ.
 */
export function metaObjective(
  algorithm: Algorithm<TSchema>,
  net: Network,
  settings: unknown,
  options: ObjectiveOptions,
  onPass?: OnPass,
): Program {
  const { theta, examples, loss, output, state } = episode(algorithm, net, settings, options);
  const grads = algorithm.metaGradient?.(theta, state) ?? gradientOf(loss, theta);
  return objectiveProgram(theta, examples, { loss, output }, grads, onPass);
}

/**
 * The objective of many episodes of one shape in one run: support_x [episodes, N, …], and so on. Outputs: `loss`
 * [episodes], `output` [episodes, Q, …] and the mean `gradient/<name>`. Null when an operator has no vmap rule for it.
 */
export function jointObjective(
  algorithm: Algorithm<TSchema>,
  net: Network,
  settings: unknown,
  options: ObjectiveOptions,
  onPass?: OnPass,
): Program | null {
  const { theta, examples, loss, output, state } = episode(algorithm, net, settings, options);
  const own = algorithm.metaGradient?.(theta, state);
  const result = vmap([loss, output, ...Object.values(own ?? {})], PER_EPISODE, 'episodes');
  if ('missing' in result) return null;
  const [losses, outputs, ...ownGrads] = result.values as [Value, Value, ...Value[]];
  const grads = own
    ? Object.fromEntries(
        Object.keys(own).map((name, i) => [name, meanOverEpisodes(ownGrads[i] as Value, theta[name])]),
      )
    : gradientOf(reduceMean(losses), theta);
  const all = examples.map((each) => input(each.attributes.name, ['episodes', ...each.shape]));
  return objectiveProgram(theta, all, { loss: losses, output: outputs }, grads, onPass);
}

/** The mean over episodes. A gradient without an episode axis is the same for every episode. */
const meanOverEpisodes = (grad: Value, weight: Value | undefined): Value =>
  grad.shape.length === weight?.shape.length ? grad : reduceMean(grad, [0]);

function episode(
  algorithm: Algorithm<TSchema>,
  net: Network,
  settings: unknown,
  { steps, rate, lossAfter }: ObjectiveOptions,
) {
  const theta = parameterInputs(metaParametersOf(algorithm, net, settings));
  const support = {
    x: input('support_x', ['N', ...net.inputShape]),
    y: input('support_y', ['N', ...net.outputShape]),
  };
  const query = {
    x: input('query_x', ['Q', ...net.inputShape]),
    y: input('query_y', ['Q', ...net.outputShape]),
  };
  const alpha = scalar(rate);

  const predict = (state: Readonly<Record<string, Value>>) =>
    algorithm.predict(net, theta, state, query.x, settings);
  // Build the step over fresh inputs, as the served program does, and substitute the state afterwards. Otherwise the
  // inner gradient would also flow through the computation of the state.
  const stepped = (from: Params): Params => {
    const given = parameterInputs(from);
    const next = algorithm.step?.(net, theta, given, support, alpha, settings).state ?? given;
    const places = new Map(Object.entries(given).map(([name, each]) => [each, weightOf(from, name)]));
    return named(Object.keys(next), substitute(Object.values(next), places));
  };
  let state: Params = algorithm.init(net, theta, support, settings);
  let output = predict(state);
  let total = net.loss(output, query.y);
  let terms = 1;
  for (let k = 0; k < (algorithm.step ? steps : 0); k++) {
    state = stepped(state);
    output = predict(state);
    const loss = net.loss(output, query.y);
    [total, terms] = lossAfter === 'every' ? [add(total, loss), terms + 1] : [loss, 1];
  }
  const examples = [support.x, support.y, query.x, query.y];
  return { theta, examples, loss: div(total, terms), output, state };
}

/** A program with the loss, the output and the gradient to every weight; 0 for a weight without one. */
export function objectiveProgram(
  theta: Readonly<Record<string, Value<'Input'>>>,
  examples: readonly Value<'Input'>[],
  outputs: { readonly loss: Value; readonly output: Value },
  grads: Params,
  onPass: OnPass | undefined,
): Program {
  const gradients = Object.entries(theta).map(
    ([name, w]) => [`gradient/${name}`, grads[name] ?? expandLike(scalar(0), w)] as const,
  );
  const inputs = [...Object.values(theta), ...examples];
  return program('objective', inputs, { ...outputs, ...Object.fromEntries(gradients) }, onPass);
}

/** Merges equal expressions before differentiating: `init` and `step` both compute the support set's features. */
export function gradientOf(total: Value, theta: Params): Params {
  const [loss] = commonSubexpressions([total]) as [Value];
  return named(Object.keys(theta), gradient(loss, Object.values(theta)));
}

const named = (names: readonly string[], values: readonly Value[]): Params =>
  Object.fromEntries(names.map((name, i) => [name, values[i] as Value]));

import type { TSchema } from 'typebox';
import { gradient } from '../autodiff/gradient.ts';
import { add, div, expandLike, input, reduceMean, scalar } from '../graph/ops/index.ts';
import { commonSubexpressions } from '../graph/passes/common-subexpressions.ts';
import { type Program, program } from '../graph/program.ts';
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
   * `last`: the query loss after the last step (MAML). `every`: its mean over the start and every step, which
   * keeps each prefix of the inner loop useful (Antoniou et al. 2019, arXiv:1810.09502, §4, without annealing).
   */
  readonly lossAfter: 'last' | 'every';
}

/** An episode's own inputs; what else an objective takes, all episodes share. */
const OF_EPISODE = ['support_x', 'support_y', 'query_x', 'query_y'];

/**
 * The meta-training objective of any algorithm, from its own three programs:
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
): Program {
  const { theta, examples, loss, output, state } = episode(algorithm, net, settings, options);
  const slopes = algorithm.metaGradient?.(theta, state) ?? gradientOf(loss, theta);
  return cutOut(theta, examples, loss, output, slopes);
}

/**
 * The objective of many episodes of one shape in one run: support_x [episodes, N, …], and so on. Outputs: `loss`
 * [episodes], `output` [episodes, Q, …] and the mean `gradient/<name>`. Null where the network has no batched form.
 */
export function jointObjective(
  algorithm: Algorithm<TSchema>,
  net: Network,
  settings: unknown,
  options: ObjectiveOptions,
): Program | null {
  const { theta, examples, loss, output, state } = episode(algorithm, net, settings, options);
  const own = algorithm.metaGradient?.(theta, state);
  const result = vmap([loss, output, ...Object.values(own ?? {})], OF_EPISODE, 'episodes');
  if ('missing' in result) return null;
  const [losses, outputs, ...moves] = result.values as [Value, Value, ...Value[]];
  const slopes = own
    ? Object.fromEntries(
        Object.keys(own).map((name, i) => [name, overEpisodes(moves[i] as Value, theta[name])]),
      )
    : gradientOf(reduceMean(losses), theta);
  const all = examples.map((each) => input(each.attributes.name, ['episodes', ...each.shape]));
  return cutOut(theta, all, losses, outputs, slopes);
}

/** The mean over episodes; what no episode reaches is the same for each. */
const overEpisodes = (move: Value, weight: Value | undefined): Value =>
  move.shape.length === weight?.shape.length ? move : reduceMean(move, [0]);

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
  // Over any state, as the served program, and then over this one: what a state was made of is no business of a step.
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

function cutOut(
  theta: Readonly<Record<string, Value<'Input'>>>,
  examples: readonly Value<'Input'>[],
  loss: Value,
  output: Value,
  slopes: Params,
): Program {
  return program('objective', [...Object.values(theta), ...examples], {
    loss,
    output,
    ...Object.fromEntries(
      Object.entries(theta).map(([name, w]) => [
        `gradient/${name}`,
        slopes[name] ?? expandLike(scalar(0), w),
      ]),
    ),
  });
}

/** What is written twice, as the support set's features in `init` and in `step`, is differentiated once. */
function gradientOf(written: Value, theta: Params): Params {
  const [loss] = commonSubexpressions([written]) as [Value];
  return named(Object.keys(theta), gradient(loss, Object.values(theta)));
}

const named = (names: readonly string[], values: readonly Value[]): Params =>
  Object.fromEntries(names.map((name, i) => [name, values[i] as Value]));

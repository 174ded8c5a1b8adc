import { Default } from 'typebox/value';
import type { Algorithm } from '../../algorithms/algorithm.ts';
import { type AlgorithmName, algorithms } from '../../algorithms/catalogue.ts';
import { innerProblems } from '../../package/parse-manifest.ts';
import { type Problem, problem, schemaProblems } from '../../package/schema-problems.ts';
import { datasets, inputShapeOf, preprocessingOf, type SplitClasses } from '../datasets/catalogue.ts';
import type { SplitName } from '../datasets/split-classes.ts';
import { inputsOf } from './networks.ts';
import type { Evaluation, Recipe } from './recipe.ts';
import { isEpisodic, type Training } from './training.ts';

interface EpisodeCounts {
  readonly ways?: number;
  readonly shots: number;
  readonly queries: number;
}

/** Problems of a recipe that can be found without its data: members that contradict each other. */
export function recipeProblems(recipe: Recipe): readonly Problem[] {
  const { task } = datasets[recipe.dataset.name];
  return [
    ...algorithmProblems(recipe, task),
    ...networkProblems(recipe),
    ...objectiveProblems(recipe),
    ...inkProblems(recipe),
    ...innerProblems({ inner: recipe.inner, task }),
    ...waysProblems(recipe, task),
    ...recipe.evaluations.flatMap((evaluation, i) => boundsProblems(recipe, evaluation, `/evaluations/${i}`)),
  ];
}

function algorithmProblems({ algorithm, dataset, inner }: Recipe, task: string): readonly Problem[] {
  const { settings, task: only, step } = algorithms[algorithm.name as AlgorithmName] as Algorithm;
  const given = Default(settings, algorithm.settings ?? {});
  const inSettings = schemaProblems(settings, given).map((each) => ({
    ...each,
    pointer: `/algorithm/settings${each.pointer}`,
  }));
  const { maximum } = inner.steps;
  return [
    ...(only !== undefined && only !== task
      ? [
          problem(
            '/algorithm/name',
            `an algorithm for ${task}, since ${dataset.name} is ${task}`,
            algorithm.name,
          ),
        ]
      : []),
    ...inSettings,
    ...(step === undefined && maximum > 0
      ? [problem('/inner/steps/maximum', `0, since ${algorithm.name} takes no steps`, maximum)]
      : []),
  ];
}

function networkProblems({ dataset, network, training }: Recipe): readonly Problem[] {
  const [given, taken] = [inputShapeOf(dataset), inputsOf(network)];
  const pointer = {
    mlp: '/network/sizes',
    conv4: '/network/inputShape',
    features: '/network/width',
    'encoder-end': '/network/width',
  }[network.name];
  const expected = `an input of [${given.join(', ')}], which dataset ${dataset.name} gives`;
  return [
    ...(`${given}` === `${taken}` ? [] : [problem(pointer, expected, taken)]),
    ...('augmentation' in training && preprocessingOf(dataset).kind !== 'image'
      ? [
          problem(
            '/training/augmentation',
            `nothing, since ${dataset.name} has no images`,
            training.augmentation,
          ),
        ]
      : []),
  ];
}

/** Algorithms with hardly any parameters of their own: they work on features that were trained without them. */
export const BATCH_ALGORITHMS = ['cosine', 'protonets'] as const satisfies readonly AlgorithmName[];

/** Other objectives than episodes train the weights of an encoder, and nothing of the algorithm. */
function objectiveProblems({ training, network, algorithm }: Recipe): readonly Problem[] {
  if (isEpisodic(training)) return [];
  const { objective } = training;
  const isAble = BATCH_ALGORITHMS.some((each) => each === algorithm.name);
  return [
    ...(network.name === 'encoder-end'
      ? []
      : [
          problem(
            '/training/objective',
            `"episodic", since network ${network.name} is not an encoder`,
            objective,
          ),
        ]),
    ...(isAble
      ? []
      : [
          problem(
            '/algorithm/name',
            `${BATCH_ALGORITHMS.join(' or ')} with objective ${objective}`,
            algorithm.name,
          ),
        ]),
  ];
}

/** A picture has one channel after its ink is prepared. */
function inkProblems({ dataset }: Recipe): readonly Problem[] {
  if (dataset.name !== 'images' || dataset.ink === undefined) return [];
  return [...(dataset.channels === 1 ? [] : [problem('/dataset/channels', '1 with ink', dataset.channels)])];
}

/** The member of an episode shape that is named when shots and queries together are too many. */
type TooMany = 'shots' | 'queries';

/** The shapes of training episodes, each with its place in the recipe. */
function trainingShapes(
  training: Training,
): readonly (readonly [at: string, shape: EpisodeCounts, tooMany: TooMany])[] {
  if (!isEpisodic(training)) return [];
  const { alternating = [], queries } = training;
  // Shapes that take turns have the queries of the first shape, so only their shots can be changed.
  const others = alternating.map(
    (each, i) => [`/training/alternating/${i}`, { ...each, queries }, 'shots'] as const,
  );
  return [['/training', training, 'queries'], ...others];
}

/** Classification needs at least two classes in an episode. Regression has no classes. */
function waysProblems({ training, validation, evaluations }: Recipe, task: string): readonly Problem[] {
  const all: readonly (readonly [string, number | undefined])[] = [
    ...trainingShapes(training).map(([at, { ways }]) => [at, ways] as const),
    ['/validation', validation.ways],
    ...evaluations.map(({ ways }, i) => [`/evaluations/${i}`, ways] as const),
  ];
  return all.flatMap(([at, ways]) => {
    if (task === 'classification')
      return ways === undefined || ways < 2 ? [problem(`${at}/ways`, 'a whole number from 2', ways)] : [];
    return ways === undefined || ways === 1
      ? []
      : [problem(`${at}/ways`, '1, since regression has no classes', ways)];
  });
}

/** Values of an evaluation that are outside the package's limits. The service would refuse such a request. */
export function boundsProblems(
  { inner }: Pick<Recipe, 'inner'>,
  { ways, shots, steps }: Evaluation,
  at: string,
): readonly Problem[] {
  const within = (field: string, what: string, value: number, { minimum, maximum }: Bounds) =>
    value >= minimum && value <= maximum
      ? []
      : [problem(`${at}/${field}`, `${minimum} to ${maximum} ${what}`, value)];
  return [
    ...within('steps', 'steps', steps, inner.steps),
    ...within('shots', 'examples (ways × shots)', (ways ?? 1) * shots, inner.examples),
    ...(ways !== undefined && inner.classes ? within('ways', 'classes', ways, inner.classes) : []),
  ];
}

interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

/** Problems of a recipe with its data: episodes for which a split has too few classes or too few examples. */
export function dataProblems(recipe: Recipe, splits: SplitClasses | null): readonly Problem[] {
  if (splits === null) return [];
  const check = (at: string, episode: EpisodeCounts, split: SplitName, tooMany?: TooMany) =>
    episodeProblems(at, episode, `split ${split}`, splits[split], tooMany);
  return [
    ...trainingShapes(recipe.training).flatMap(([at, shape, tooMany]) => check(at, shape, 'train', tooMany)),
    ...check('/validation', recipe.validation, 'val'),
    ...recipe.evaluations.flatMap((each, i) =>
      each.data === undefined ? check(`/evaluations/${i}`, each, 'test') : [],
    ),
  ];
}

/** Problems of one episode shape with the classes of a split or of a data set, and their numbers of examples. */
export function episodeProblems(
  at: string,
  { ways = 1, shots, queries }: EpisodeCounts,
  whose: string,
  classes: readonly { readonly count: number }[],
  tooMany: TooMany = 'queries',
): readonly Problem[] {
  const examples = shots + queries;
  const most = classes.reduce((a, { count }) => Math.max(a, count), 0);
  if (examples > most) {
    const expected = `at most ${most} shots and queries together, the largest class of ${whose}`;
    return [problem(`${at}/${tooMany}`, expected, examples)];
  }
  const large = classes.filter(({ count }) => count >= examples).length;
  if (ways <= large) return [];
  const those = large === classes.length ? '' : ` with ${examples} examples or more`;
  return [problem(`${at}/ways`, `at most ${large}, the classes of ${whose}${those}`, ways)];
}

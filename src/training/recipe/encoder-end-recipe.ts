import type { AlgorithmName } from '../../algorithms/catalogue.ts';
import type { FeaturePart } from '../../nn/features.ts';
import type { EncoderManifest } from '../../package/encoder/encoder.ts';
import type { ContentClassSize } from '../datasets/contents/content-classes.ts';
import { contentsDataset, episodesFor, MAX_LABELS, partsOf } from './contents-recipe.ts';
import { parseRecipe } from './read-recipe.ts';
import type { Recipe } from './recipe.ts';
import { isEpisodic, type Training } from './training.ts';

/** Settings for the end of an encoder, by algorithm. */
interface Start {
  readonly settings?: unknown;
  readonly iterations: number;
  readonly metaBatch: number;
  /** Inner steps in training and by default; their rate, relative to the size of the weights. */
  readonly steps: number;
  readonly rate: number;
  readonly outerRate: number;
  readonly length: number;
}

/** At this length of features, the head that gradient steps begin with is neither flat nor saturated. */
const LENGTH = 8;
const bySteps = { iterations: 200, metaBatch: 4, steps: 5, rate: 0.05, outerRate: 0.002, length: LENGTH };
const closedForm = { iterations: 200, metaBatch: 4, steps: 0, rate: 0, outerRate: 0.002, length: 1 };

const starts = {
  protonets: { ...closedForm, length: 3 },
  maml: { ...bySteps, settings: { order: 1 } },
  anil: bySteps,
  reptile: bySteps,
  'fine-tuning': { ...bySteps, iterations: 1, metaBatch: 1, steps: 10 },
  cosine: closedForm,
  ridge: closedForm,
  'head-mixture': closedForm,
} as const satisfies Partial<Record<AlgorithmName, Start>>;

/** Settings of objectives without episodes. */
const batches = { iterations: 400, examples: 64, outerRate: 0.002 };
const SMOOTHING = 0.1;

/** The objective of the training, beside the choice of the algorithm. */
export type EndObjective =
  | { readonly objective: 'episodic' }
  | { readonly objective: 'supervised' }
  | {
      readonly objective: 'distillation';
      readonly teacher: EncoderManifest;
      readonly unlabelled: readonly string[];
    };

/** Algorithms that need no tuning at the end of an encoder. */
export type EndAlgorithm = keyof typeof starts;
export const END_ALGORITHMS = Object.keys(starts) as readonly EndAlgorithm[];

export interface EndOptions {
  readonly name: string;
  readonly paths: readonly string[];
  readonly algorithm: EndAlgorithm;
  readonly training: EndObjective;
  readonly ways: number | null;
  readonly shots: number;
  readonly iterations: number | null;
  readonly seed: number;
}

/** The whole encoder, what its last `blocks` blocks read, and how many these are. */
export interface EndOf {
  readonly encoder: EncoderManifest;
  readonly beginning: EncoderManifest;
  readonly blocks: number;
  /** Name of an encoder to write. */
  readonly writes?: string;
}

/** The limit for the output of the frozen part, which is kept on disk for all examples: 4 GiB. */
const MAX_NUMBERS = 2 ** 30;
/** Numbers that the examples of one adaptation may have at the cut. */
const EXAMPLE_NUMBERS = 2 ** 23;

/** A recipe that trains the last blocks of an encoder; `classes` are those of the data sets. */
export function encoderEndRecipe(
  options: EndOptions,
  { encoder, beginning, blocks, writes }: EndOf,
  classes: readonly ContentClassSize[],
): Recipe {
  const { algorithm } = options;
  const start: Start = starts[algorithm];
  const { features: width } = beginning;
  const most = Math.floor(MAX_NUMBERS / width / classes.length);
  const episodes = episodesFor(options, classes, start.steps);
  const training = trainingOf(options, start, episodes);
  const { iterations } = training;
  const measured = isEpisodic(training) ? episodes : { ...episodes, queries: Math.min(5, episodes.queries) };
  const { ways, shots } = episodes;
  const adapted = partsOf(encoder.preparation, encoder.features);
  const steps = { default: start.steps, minimum: 0, maximum: start.steps === 0 ? 0 : 50 };
  return parseRecipe({
    name: options.name,
    version: '1.0.0',
    description: `Classifies inputs of encoder ${encoder.name}, whose end was trained, from a few examples of each new class.`,
    dataset: contentsDataset(options, beginning, classes, most),
    network: {
      name: 'encoder-end',
      encoder: encoder.name,
      digest: encoder.digest,
      blocks,
      width,
      parts: options.training.objective === 'episodic' ? adapted : adapted.map(withoutAdapter),
      length: start.length,
      ...(writes !== undefined && { writes }),
    },
    algorithm: { name: algorithm, ...(start.settings !== undefined && { settings: start.settings }) },
    training,
    validation: { every: Math.max(25, Math.round(iterations / 8)), episodes: 100, ...measured },
    inner: {
      steps,
      rate:
        start.steps === 0
          ? { default: 0, minimum: 0, maximum: 0 }
          : { default: start.rate, minimum: start.rate / 100, maximum: 10 * start.rate },
      classes: { minimum: 2, maximum: MAX_LABELS },
      examples: {
        minimum: 2,
        maximum: Math.max(ways * shots, Math.min(800, Math.floor(EXAMPLE_NUMBERS / width))),
      },
    },
    evaluations: [{ ...measured, episodes: 300, seed: 1 }],
  });
}

/** Without episodes, only the encoder is to learn: an adapter would be lost with the package. */
const withoutAdapter = ({ bottleneck: _, ...part }: FeaturePart): FeaturePart => part;

function trainingOf(
  { seed, training, iterations: given }: EndOptions,
  start: Start,
  { ways, shots, queries }: ReturnType<typeof episodesFor>,
): Training {
  if (training.objective === 'episodic')
    return {
      seed,
      iterations: given ?? start.iterations,
      metaBatch: start.metaBatch,
      ways,
      shots,
      queries: Math.min(5, queries),
      steps: start.steps,
      rate: start.rate,
      lossAfter: 'last',
      outerRate: start.outerRate,
    };
  const { examples, outerRate } = batches;
  const outerLoop = { seed, iterations: given ?? batches.iterations, examples, outerRate };
  if (training.objective === 'supervised')
    return { objective: 'supervised', ...outerLoop, smoothing: SMOOTHING };
  const { teacher, unlabelled } = training;
  return {
    objective: 'distillation',
    ...outerLoop,
    teacher: { name: teacher.name, digest: teacher.digest },
    ...(unlabelled.length > 0 && { unlabelled: [...unlabelled] }),
  };
}

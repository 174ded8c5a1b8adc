import type { AlgorithmName } from '../../algorithms/catalogue.ts';
import type { EncoderManifest } from '../../package/encoder/encoder.ts';
import type { ContentClassSize } from '../datasets/contents/contents.ts';
import { contentsDataset, episodesFor, partsOf } from './contents-recipe.ts';
import { parseRecipe } from './read-recipe.ts';
import type { Recipe } from './recipe.ts';

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

/** Algorithms that need no tuning at the end of an encoder. */
export type EndAlgorithm = keyof typeof starts;
export const END_ALGORITHMS = Object.keys(starts) as readonly EndAlgorithm[];

export interface EndOptions {
  readonly name: string;
  readonly paths: readonly string[];
  readonly algorithm: EndAlgorithm;
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

/** All features of the data sets are held in memory: 1 GiB. */
const MAX_NUMBERS = 2 ** 28;
/** Numbers that the examples of one adaptation may have at the cut. */
const EXAMPLE_NUMBERS = 2 ** 23;

/** A recipe that trains the last blocks of an encoder; `classes` are those of the data sets. */
export function encoderEndRecipe(
  options: EndOptions,
  { encoder, beginning, blocks, writes }: EndOf,
  classes: readonly ContentClassSize[],
): Recipe {
  const { algorithm, seed } = options;
  const start: Start = starts[algorithm];
  const { features: width } = beginning;
  const most = Math.floor(MAX_NUMBERS / width / classes.length);
  const episodes = episodesFor(options, classes, start.steps);
  const iterations = options.iterations ?? start.iterations;
  const { ways, shots, queries } = episodes;
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
      parts: partsOf(encoder.preparation, encoder.features),
      length: start.length,
      ...(writes !== undefined && { writes }),
    },
    algorithm: { name: algorithm, ...(start.settings !== undefined && { settings: start.settings }) },
    training: {
      seed,
      iterations,
      metaBatch: start.metaBatch,
      ways,
      shots,
      queries: Math.min(5, queries),
      steps: start.steps,
      rate: start.rate,
      lossAfter: 'last',
      outerRate: start.outerRate,
    },
    validation: { every: Math.max(25, Math.round(iterations / 8)), episodes: 100, ...episodes },
    inner: {
      steps,
      rate:
        start.steps === 0
          ? { default: 0, minimum: 0, maximum: 0 }
          : { default: start.rate, minimum: start.rate / 100, maximum: 10 * start.rate },
      classes: { minimum: 2, maximum: 200 },
      examples: {
        minimum: 2,
        maximum: Math.max(ways * shots, Math.min(800, Math.floor(EXAMPLE_NUMBERS / width))),
      },
    },
    evaluations: [{ ...episodes, episodes: 300, seed: 1 }],
  });
}

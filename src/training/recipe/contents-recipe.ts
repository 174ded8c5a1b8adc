import type { EncoderManifest } from '../../package/encoder/encoder.ts';
import type { ContentClassSize } from '../datasets/contents/content-classes.ts';
import { parseRecipe } from './read-recipe.ts';
import type { Recipe } from './recipe.ts';

/** Algorithms over features that need no tuning. */
export const FEATURE_ALGORITHMS = ['head-mixture', 'cosine', 'ridge', 'anil'] as const;
export type FeatureAlgorithm = (typeof FEATURE_ALGORITHMS)[number];

export interface ContentsOptions {
  readonly name: string;
  readonly paths: readonly string[];
  readonly algorithm: FeatureAlgorithm;
  readonly ways: number | null;
  readonly shots: number;
  readonly iterations: number | null;
  readonly seed: number;
}

const QUERIES = 15;
/** Weights of the adapter: at most 32,768. */
const ADAPTER_WEIGHTS = 2 ** 15;
const HELD_OUT = 0.2;
const NO_STEPS = { default: 0, minimum: 0, maximum: 0 };

/** Labels of a task. */
export const MAX_LABELS = 200;

/** A recipe for features of an encoder; `classes` are those of the data sets. */
export function contentsRecipe(
  options: ContentsOptions,
  manifest: EncoderManifest,
  classes: readonly ContentClassSize[],
): Recipe {
  const { algorithm, seed } = options;
  const { name, features, preparation } = manifest;
  const iterations = options.iterations ?? 400;
  const steps = algorithm === 'anil';
  const measured = episodesFor(options, classes, steps ? 5 : 0);
  const { ways, shots, queries } = measured;
  return parseRecipe({
    name: options.name,
    version: '1.0.0',
    description: `Classifies inputs of encoder ${name} from a few examples of each new class.`,
    dataset: contentsDataset(options, manifest, classes),
    network: { name: 'features', width: features, parts: partsOf(preparation, features) },
    algorithm: { name: algorithm },
    training: {
      seed,
      iterations,
      metaBatch: 8,
      ways,
      shots,
      queries: Math.min(5, queries),
      steps: measured.steps,
      rate: steps ? 1 : 0,
      lossAfter: 'last',
      outerRate: 0.002,
    },
    validation: { every: Math.max(50, Math.round(iterations / 8)), episodes: 200, ...measured },
    inner: {
      steps: steps ? { default: 5, minimum: 0, maximum: 50 } : NO_STEPS,
      rate: steps ? { default: 1, minimum: 0.01, maximum: 10 } : NO_STEPS,
      classes: { minimum: 2, maximum: MAX_LABELS },
      examples: { minimum: 2, maximum: 800 },
    },
    evaluations: [{ ...measured, episodes: 600, seed: 1 }],
  });
}

type EpisodeOptions = Pick<ContentsOptions, 'ways' | 'shots'>;

const smallestOf = (classes: readonly ContentClassSize[]) => Math.min(...classes.map(({ count }) => count));

/** Episodes that these classes allow. */
export function episodesFor(
  { ways, shots }: EpisodeOptions,
  classes: readonly ContentClassSize[],
  steps: number,
) {
  const heldOut = Math.floor(HELD_OUT * classes.length);
  return {
    ways: ways ?? Math.max(2, Math.min(5, heldOut)),
    shots,
    queries: Math.max(1, Math.min(QUERIES, smallestOf(classes) - shots)),
    steps,
  };
}

/** The data sets as an encoder reads them. `most`: the maximum number of examples of a class. */
export function contentsDataset(
  options: EpisodeOptions & Pick<ContentsOptions, 'paths' | 'seed'>,
  { name, digest, features, preparation }: EncoderManifest,
  classes: readonly ContentClassSize[],
  most = Number.POSITIVE_INFINITY,
) {
  const { shots, queries } = episodesFor(options, classes, 0);
  const minExamples = Math.min(smallestOf(classes), shots + queries);
  const largest = Math.max(...classes.map(({ count }) => count));
  return {
    name: 'contents',
    encoder: { name, digest, kind: preparation.kind, features },
    paths: [...options.paths],
    minExamples,
    ...(largest > most && { maxExamples: Math.max(minExamples, most) }),
    split: { seed: options.seed, val: HELD_OUT, test: HELD_OUT },
  };
}

/** Where an encoder of texts also counts n-grams, they are its last features. Only the others have an adapter. */
export function partsOf(preparation: EncoderManifest['preparation'], width: number) {
  const ngrams = preparation.kind === 'text' ? (preparation.ngrams?.buckets ?? 0) : 0;
  const dense = width - ngrams;
  const adapted = {
    name: 'dense',
    start: 0,
    width: dense,
    centre: true,
    bottleneck: Math.max(1, Math.floor(ADAPTER_WEIGHTS / (2 * dense + 1))),
  };
  return ngrams === 0 ? [adapted] : [adapted, { name: 'ngrams', start: dense, width: ngrams }];
}

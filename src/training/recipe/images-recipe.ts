import { InnerloopError } from '../../errors.ts';
import type { ImageClass } from '../datasets/images/image-folder.ts';
import type { ImageStatistics } from '../datasets/images/image-statistics.ts';
import { folderName } from '../datasets/images/images.ts';
import { parseRecipe } from './read-recipe.ts';
import type { Evaluation, Recipe } from './recipe.ts';
import { type StartingAlgorithm, startingPoints } from './starting-points.ts';

/** Options of a recipe for a folder of images, with defaults filled in. */
export interface ImagesOptions {
  readonly name: string;
  readonly path: string;
  readonly algorithm: StartingAlgorithm;
  readonly size: number;
  /** Null: the largest number that the classes allow, at most 5. */
  readonly ways: number | null;
  readonly shots: number;
  /** Null: the number in `startingPoints`. */
  readonly iterations: number | null;
  readonly seed: number;
}

/** The classes with enough images, and the number of ways that they allow. */
export interface Plan {
  readonly classes: readonly ImageClass[];
  readonly minImages: number;
  readonly ways: number;
}

/** Queries per class in a training episode. With fewer queries the loss of one episode is too noisy. */
const QUERIES = 5;
/** Queries per class in an evaluation, as in the papers; fewer if classes are smaller. */
const MEASURED_QUERIES = 15;
const WAYS = 5;
/** Fractions of the classes that are held out. As in miniImageNet: 16 and 20 of 100 classes. */
const HELD_OUT = { val: 0.16, test: 0.2 };
const SPLITS = 3;

/**
 * @throws InnerloopError `invalid_recipe` that states the numbers of classes and images that were found and that are
 * needed.
 */
export function planClasses(all: readonly ImageClass[], { ways, shots }: ImagesOptions): Plan {
  const minImages = shots + QUERIES;
  const classes = all.filter(({ files }) => files.length >= minImages);
  const possible = Math.floor(classes.length / SPLITS);
  if (possible >= (ways ?? 2)) return { classes, minImages, ways: ways ?? Math.min(WAYS, possible) };
  const most = Math.max(0, ...all.map(({ files }) => files.length));
  const expected =
    `at least ${SPLITS * (ways ?? 2)} classes of ${minImages} images or more (${ways ?? 2} classes each to train, ` +
    `validate and test; per class ${shots} images to learn from and ${QUERIES} to predict)`;
  const got = `${classes.length} of ${all.length} classes with so many images; the largest has ${most}`;
  throw new InnerloopError('invalid_recipe', `Expected ${expected}; got ${got}`, { expected, got });
}

/** A recipe for the images of a folder. It is an ordinary recipe: the user may change it and train again. */
export function imagesRecipe(options: ImagesOptions, plan: Plan, statistics: ImageStatistics): Recipe {
  // With `--channels 3` the colours are kept.
  const isInk = statistics.drawings && statistics.channels === 1;
  const { name, path, algorithm, size, shots, seed } = options;
  const { classes, minImages, ways } = plan;
  const start = startingPoints[algorithm];
  const heldOut = (share: number) => Math.max(ways, Math.round(share * classes.length));
  const split = { seed, val: heldOut(HELD_OUT.val), test: heldOut(HELD_OUT.test) };
  const trained = classes.length - split.val - split.test;
  const iterations = options.iterations ?? start.iterations;
  const { steps, rate } = start.bounds;
  const smallest = Math.min(...classes.map(({ files }) => files.length));
  const measured = (count: number): Omit<Evaluation, 'episodes' | 'seed'> => ({
    ways,
    shots: count,
    queries: Math.min(MEASURED_QUERIES, smallest - count),
    steps: steps.default,
  });
  const measuredShots = [shots, 5].filter(
    (count, i) => i === 0 || (count !== shots && smallest >= count + QUERIES),
  );

  return parseRecipe({
    name,
    version: '1.0.0',
    description: `Classifies pictures like those of ${folderName(path)} from a few examples of each new class.`,
    dataset: {
      name: 'images',
      path,
      size,
      channels: statistics.channels,
      invert: statistics.lightGround || isInk,
      ...(isInk && { ink: 'normalise' }),
      minImages,
      split,
    },
    network: {
      name: 'conv4',
      inputShape: [statistics.channels, size, size],
      filters: 64,
      normalisation: 'none',
    },
    algorithm: { name: algorithm, ...(start.settings === undefined ? {} : { settings: start.settings }) },
    training: {
      seed,
      iterations,
      metaBatch: start.metaBatch,
      ways: start.ways === 'as requested' ? ways : Math.min(start.ways, trained),
      shots,
      queries: QUERIES,
      steps: start.steps,
      rate: rate.default,
      lossAfter: 'last',
      outerRate: start.outerRate,
      augmentation: { rotate: 10, shift: Math.round(size / 16), scale: 0.1, shear: 0.1 },
    },
    validation: { every: Math.max(50, Math.round(iterations / 10)), episodes: 200, ...measured(shots) },
    inner: {
      steps,
      rate,
      classes: { minimum: 2, maximum: Math.max(start.classes, ways) },
      examples: {
        minimum: 2,
        maximum: Math.max(
          ways * Math.max(...measuredShots),
          Math.min(start.examples, Math.floor(start.pixels / size ** 2)),
        ),
      },
    },
    evaluations: measuredShots.map((count) => ({ ...measured(count), episodes: 600, seed: 1 })),
  });
}

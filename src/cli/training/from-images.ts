import { join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import { Manifest } from '../../package/manifest.ts';
import { schemaProblems } from '../../package/schema-problems.ts';
import { classesOf, openDataset } from '../../training/datasets/catalogue.ts';
import { classesOfFolder } from '../../training/datasets/images/image-folder.ts';
import { imageStatistics } from '../../training/datasets/images/image-statistics.ts';
import { imagesIn, SIDES } from '../../training/datasets/images/images.ts';
import { dataProblems } from '../../training/recipe/check-recipe.ts';
import { FEATURE_ALGORITHMS } from '../../training/recipe/contents-recipe.ts';
import { END_ALGORITHMS } from '../../training/recipe/encoder-end-recipe.ts';
import {
  type ImagesOptions,
  imagesRecipe,
  type Plan,
  planClasses,
} from '../../training/recipe/images-recipe.ts';
import { recipeError } from '../../training/recipe/read-recipe.ts';
import type { Recipe } from '../../training/recipe/recipe.ts';
import { relativeToCwd } from '../../training/recipe/reproduce.ts';
import { type StartingAlgorithm, startingPoints } from '../../training/recipe/starting-points.ts';
import { recipePath, requireFreeFolder, writeRecipe } from '../../training/recipe/write-recipe.ts';
import { integer } from '../arguments.ts';
import type { OpenTrainingContext } from '../context.ts';
import type { ArgsDef } from '../parser/command.ts';
import { slugOf } from '../slug.ts';

const NAMES = Object.keys(startingPoints) as StartingAlgorithm[];

/** The options that need `--data`. */
export const imagesArguments = {
  name: { type: 'string', description: "With --data: name of the package (default: the folder's name)" },
  out: {
    type: 'string',
    valueHint: 'folder',
    description: 'With --data: folder that will contain the package folder (default: models)',
  },
  algorithm: {
    type: 'enum',
    options: [...new Set<string>([...NAMES, ...FEATURE_ALGORITHMS, ...END_ALGORITHMS])],
    description:
      'With --data: meta-learning algorithm (default: protonets; with --encoder: head-mixture; with --trainable: protonets)',
  },
  size: {
    type: 'string',
    description: `With --data: width and height of the prepared images in pixels, ${SIDES.minimum} to ${SIDES.maximum} (default: 32)`,
  },
  channels: {
    type: 'enum',
    options: ['1', '3'],
    description: 'With --data: 1 for grey, 3 for colour (default: 1 if all images are grey, else 3)',
  },
  ways: {
    type: 'string',
    description: 'With --data: classes per episode (default: 5, or fewer if the folder has too few classes)',
  },
  shots: {
    type: 'string',
    description: 'With --data: examples per class in the support set (default: 1)',
  },
  iterations: {
    type: 'string',
    description: 'With --data: training steps of the outer loop (default: depends on the algorithm)',
  },
  seed: {
    type: 'string',
    description: 'With --data: seed of training and of the choice of held-out classes (default: 1)',
  },
} as const satisfies ArgsDef;

export type ImagesArguments = { readonly [Name in keyof typeof imagesArguments]?: string | undefined };

/** The plan for a package from a folder of images. Only the folder has been listed; no image has been read. */
export interface ImagesPlan {
  readonly directory: string;
  readonly options: ImagesOptions;
  readonly plan: Plan;
  readonly channels: 1 | 3 | null;
}

/** @throws InnerloopError for an option with a wrong value, or a folder with too few classes or images. */
export async function planImages(data: string, given: ImagesArguments): Promise<ImagesPlan> {
  const count = (option: keyof ImagesArguments, least: number, most?: number) => {
    const text = given[option];
    return text === undefined ? null : integer(option, text, least, most);
  };
  const name = given.name ?? slugOf(data, '--name');
  const [wrong] = schemaProblems(Manifest.properties.name, name);
  if (wrong) throw invalid(`Expected --name to be ${wrong.expected}, got ${wrong.got}`);
  const algorithm = NAMES.find((each) => each === (given.algorithm ?? 'protonets'));
  if (!algorithm) throw invalid(`Expected --encoder with --algorithm ${given.algorithm}`);
  const options: ImagesOptions = {
    name,
    path: relativeToCwd(data) ?? data,
    algorithm,
    size: count('size', SIDES.minimum, SIDES.maximum) ?? 32,
    ways: count('ways', 2),
    shots: count('shots', 1) ?? 1,
    iterations: count('iterations', 1),
    seed: count('seed', 0) ?? 1,
  };
  const channels = given.channels === undefined ? null : given.channels === '1' ? 1 : 3;
  const plan = planClasses(await classesOfFolder(data), options);
  return { directory: join(given.out ?? 'models', name), options, plan, channels };
}

/** The recipe of a plan. It is written after the images have been decoded, so a failure writes nothing. */
export async function writeImagesRecipe(
  { directory, options, plan, channels }: ImagesPlan,
  training: OpenTrainingContext,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Recipe> {
  const files = plan.classes.flatMap((each) => each.files);
  const found = await imageStatistics(files, training.decoder, signal);
  const recipe = imagesRecipe(options, plan, channels === null ? found : { ...found, channels });
  await requireFreeFolder(directory, recipe);
  const problems = dataProblems(recipe, await classesOf(recipe.dataset));
  if (problems.length > 0) throw recipeError('The recipe for these options', problems);
  await openDataset(recipe.dataset, 'train', training);
  await writeRecipe(directory, recipe);
  say(`${plan.classes.length} classes of ${imagesIn(plan.classes)} images: ${described(recipe)}`);
  const twice = namesInSeveralFolders(plan.classes.map((each) => each.name));
  if (twice.length > 0)
    say(
      `Note: folders of the same name in several places count as different classes, such as ${twice.join(' and ')}. If they contain the same class, move its images into one folder`,
    );
  say(`The recipe is ${recipePath(directory)}`);
  return recipe;
}

/**
 * Two classes with the same last name, such as `train/cat` and `test/cat` in a folder that is already split; empty if
 * there are none.
 */
function namesInSeveralFolders(names: readonly string[]): readonly string[] {
  const last = (name: string) => name.slice(name.lastIndexOf('/') + 1);
  const first = new Map<string, string>();
  for (const name of names) {
    const other = first.get(last(name));
    if (other !== undefined) return [other, name];
    first.set(last(name), name);
  }
  return [];
}

function described({ dataset }: Recipe): string {
  if (dataset.name !== 'images') return dataset.name;
  const { size, channels, invert, ink, split } = dataset;
  const prepared = `${channels === 1 ? 'grey' : 'colour'}, ${size}×${size}${ink ? ', drawings in any ink' : invert ? ', light background, inverted' : ''}`;
  return `${prepared}; ${split.val} classes held out to validate and ${split.test} to test, by seed ${split.seed}`;
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);

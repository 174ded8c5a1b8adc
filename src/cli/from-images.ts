import { join } from 'node:path';
import type { ArgsDef } from 'citty';
import { Check } from 'typebox/value';
import { InnerloopError } from '../errors.ts';
import { Manifest } from '../package/manifest.ts';
import { openDataset } from '../training/datasets/catalogue.ts';
import { classesOfFolder } from '../training/datasets/image-folder.ts';
import { imageStatistics } from '../training/datasets/image-statistics.ts';
import { folderName, imagesIn, SIDES } from '../training/datasets/images.ts';
import {
  type ImagesOptions,
  imagesRecipe,
  type Plan,
  planClasses,
} from '../training/recipe/images-recipe.ts';
import type { Recipe } from '../training/recipe/recipe.ts';
import { fromHere } from '../training/recipe/reproduce.ts';
import { type StartingAlgorithm, startingPoints } from '../training/recipe/starting-points.ts';
import { recipePath, requireFree, writeRecipe } from '../training/recipe/write-recipe.ts';
import { integer } from './arguments.ts';
import type { OpenTrainingContext } from './context.ts';

const NAMES = Object.keys(startingPoints) as StartingAlgorithm[];

/** What can be said of a recipe that is to be made for `--data`. */
export const imagesArguments = {
  name: { type: 'string', description: "Name of the package; the folder's unless said" },
  out: { type: 'string', valueHint: 'folder', description: 'Where packages are kept; models unless said' },
  algorithm: { type: 'enum', options: NAMES, description: 'How it learns; protonets unless said' },
  size: {
    type: 'string',
    description: `Pixels on a side that images are brought to, ${SIDES.minimum} to ${SIDES.maximum}; 32 unless said`,
  },
  channels: {
    type: 'enum',
    options: ['1', '3'],
    description: '1 for grey, 3 for colour; as the images are unless said',
  },
  ways: { type: 'string', description: 'Classes per episode; 5 unless said, or as many as there can be' },
  shots: { type: 'string', description: 'Examples per class to learn from; 1 unless said' },
  iterations: { type: 'string', description: 'Outer steps; as suits the algorithm unless said' },
  seed: { type: 'string', description: 'Seed of the held-out classes and of training; 1 unless said' },
} as const satisfies ArgsDef;

export type ImagesArguments = { readonly [Name in keyof typeof imagesArguments]?: string | undefined };

/** A package to be made of a folder of images, as far as the folder's listing tells. */
export interface ImagesPlan {
  readonly directory: string;
  readonly options: ImagesOptions;
  readonly plan: Plan;
  readonly channels: 1 | 3 | null;
}

/** @throws InnerloopError for a wish that makes no sense, or more than the folder allows. */
export async function planImages(data: string, given: ImagesArguments): Promise<ImagesPlan> {
  const count = (option: keyof ImagesArguments, least: number) => {
    const text = given[option];
    return text === undefined ? null : integer(option, text, least);
  };
  const size = count('size', SIDES.minimum) ?? 32;
  if (size > SIDES.maximum) throw invalid(`Expected --size of at most ${SIDES.maximum}, got ${size}`);
  const name = given.name ?? nameOf(data);
  if (!Check(Manifest.properties.name, name)) {
    throw invalid(`Expected --name to be of a-z, 0-9 and hyphens, at most 63, got "${name}"`);
  }
  const options: ImagesOptions = {
    name,
    path: fromHere(data) ?? data,
    algorithm: NAMES.find((each) => each === given.algorithm) ?? 'protonets',
    size,
    ways: count('ways', 2),
    shots: count('shots', 1) ?? 1,
    iterations: count('iterations', 1),
    seed: count('seed', 0) ?? 1,
  };
  const channels = given.channels === undefined ? null : given.channels === '1' ? 1 : 3;
  const plan = planClasses(await classesOfFolder(data), options);
  return { directory: join(given.out ?? 'models', name), options, plan, channels };
}

/** The recipe of a plan, written only once every image has been decoded: what cannot be trained leaves nothing behind. */
export async function writeImagesRecipe(
  { directory, options, plan, channels }: ImagesPlan,
  training: OpenTrainingContext,
  say: (line: string) => void,
): Promise<Recipe> {
  const look = await imageStatistics(
    plan.classes.flatMap(({ files }) => files),
    training.decoder,
  );
  const recipe = imagesRecipe(options, plan, channels === null ? look : { ...look, channels });
  await requireFree(directory, recipe);
  await openDataset(recipe.dataset, 'train', training);
  await writeRecipe(directory, recipe);
  say(`${plan.classes.length} classes of ${imagesIn(plan.classes)} images: ${described(recipe)}`);
  say(`The recipe is ${recipePath(directory)}`);
  return recipe;
}

function described({ dataset }: Recipe): string {
  if (dataset.name !== 'images') return dataset.name;
  const { size, channels, invert, split } = dataset;
  const look = `${channels === 1 ? 'grey' : 'colour'}, ${size}×${size}${invert ? ', light ground, inverted' : ''}`;
  return `${look}; ${split.val} classes held out to validate and ${split.test} to test, by seed ${split.seed}`;
}

/** `My Photos` → `my-photos` */
function nameOf(path: string): string {
  const words = folderName(path)
    .normalize('NFKD')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  if (words) return words.join('-').slice(0, 63);
  throw invalid(`Expected --name, since ${path} has no letter or digit to name a package by`);
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);

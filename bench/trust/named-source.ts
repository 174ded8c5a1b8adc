import { join } from 'node:path';
import type { OpenTrainingContext } from '../../src/cli/context.ts';
import type { Package } from '../../src/package/manifest.ts';
import { openDataset } from '../../src/training/datasets/catalogue.ts';
import type { EpisodeSource } from '../../src/training/datasets/dataset.ts';
import { openUnseen } from '../../src/training/datasets/unseen.ts';
import { readRecipe } from '../../src/training/recipe/read-recipe.ts';
import { MODELS } from './sources.ts';

const open = new Map<string, Promise<EpisodeSource>>();

/**
 * Tasks of one data set, such as `images/dtd10.zip`: of its test classes if the package was trained on others of it, else of all.
 * `omniglot` is the data set of packages for signs. Each is opened once.
 */
export function namedSource(
  pkg: Package,
  path: string,
  training: OpenTrainingContext,
  split: 'train' | 'test' = 'test',
): Promise<EpisodeSource> {
  const key = `${pkg.manifest.name} ${path} ${split}`;
  const found = open.get(key) ?? opened(pkg, join('data', path), training, split);
  open.set(key, found);
  return found;
}

async function opened(
  { manifest }: Package,
  path: string,
  training: OpenTrainingContext,
  split: 'train' | 'test',
): Promise<EpisodeSource> {
  const { dataset } = await readRecipe(join(MODELS, manifest.name, 'recipe.json'));
  if (dataset.name === 'omniglot' && dataset.path === path) return openDataset(dataset, split, training);
  const isTrained = dataset.name === 'contents' && dataset.paths.includes(path);
  return isTrained
    ? openDataset({ ...dataset, paths: [path] }, split, training)
    : openUnseen(path, manifest, training);
}

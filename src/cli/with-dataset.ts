import { InnerloopError } from '../errors.ts';
import type { DatasetRecipe } from '../training/datasets/catalogue.ts';

/** The recipe's dataset, read from `path` where one is given: data lies elsewhere on every machine. */
export function withDataset(dataset: DatasetRecipe, path: string | undefined): DatasetRecipe {
  if (path === undefined) return dataset;
  if ('path' in dataset) return { ...dataset, path };
  throw new InnerloopError('invalid_request', `Expected no --dataset, since ${dataset.name} reads no files`);
}

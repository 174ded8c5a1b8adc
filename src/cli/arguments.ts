import { InnerloopError } from '../errors.ts';
import type { DatasetRecipe } from '../training/datasets/catalogue.ts';

/** `5,20` → [5, 20]. @throws InnerloopError `invalid_request` for any other text than whole numbers from `least`. */
export function integers(option: string, text: string, least: number): readonly number[] {
  return text.split(',').map((part) => {
    const value = Number(part);
    if (part.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw invalid(`Expected --${option} to be whole numbers from ${least}, such as 1,5; got "${text}"`);
  });
}

/** One whole number. @throws InnerloopError `invalid_request` */
export function integer(option: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw invalid(`Expected --${option} to be one whole number ${range}, got "${text}"`);
}

/** The largest accepted number of threads. Threads beyond the number of cores only take memory. */
const MAX_THREADS = 256;

export const threadsOf = (given: string | undefined, preset: number): number =>
  given === undefined ? preset : integer('threads', given, 1, MAX_THREADS);

/**
 * The recipe's dataset, with `path` in place of the recipe's path if it is given: the data can be in another folder on
 * each machine.
 */
export function withDataset(dataset: DatasetRecipe, path: string | undefined): DatasetRecipe {
  if (path === undefined) return dataset;
  if ('path' in dataset) return { ...dataset, path };
  if ('paths' in dataset) return { ...dataset, paths: path.split(',') };
  throw invalid(`Expected no --dataset, since ${dataset.name} reads no files`);
}

const invalid = (message: string) => new InnerloopError('invalid_request', message);

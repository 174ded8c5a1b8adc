import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { InnerloopError } from '../../errors.ts';
import { reasonOf, replaceFile } from '../../package/files.ts';
import type { Tensors } from '../../tensor.ts';
import type { CurvePoint } from '../card/curve.ts';
import type { AdamState } from './adam.ts';

/**
 * The state of meta-training between two iterations. Episodes are not part of it: the seed and the iteration determine
 * them.
 */
export interface Checkpoint {
  /** Hash of the recipe and the classes. A run does not continue from a checkpoint with another hash. */
  readonly recipe: string;
  readonly iteration: number;
  readonly weights: Tensors;
  readonly adam: AdamState;
  /** The weights with the best validation, and its score: the accuracy, or the negated error. */
  readonly best: { readonly score: number; readonly iteration: number; readonly weights: Tensors } | null;
  readonly losses: readonly CurvePoint[];
  readonly validations: readonly CurvePoint[];
  /** Losses since the last point of `losses`. */
  readonly recent: readonly number[];
}

/** The checkpoint file is in the folder of the recipe. */
export const checkpointPath = (directory: string, name: string) => join(directory, `${name}.checkpoint`);

export const writeCheckpoint = (path: string, checkpoint: Checkpoint): Promise<void> =>
  replaceFile(path, serialize(checkpoint));

/**
 * Null when there is none.
 * @throws InnerloopError `invalid_recipe` for a checkpoint that is damaged, belongs to another recipe or has not exactly the
 * weights of these names. A new training would replace this file, so the caller must decide that.
 */
export async function readCheckpoint(
  path: string,
  recipe: string,
  weights: readonly string[],
): Promise<Checkpoint | null> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    const message = `Cannot read ${path}: ${reasonOf(error)}`;
    throw new InnerloopError('invalid_config', message, { cause: error });
  });
  if (!bytes) return null;
  const checkpoint = decode(bytes);
  const isSame =
    checkpoint?.recipe === recipe && `${Object.keys(checkpoint.weights).sort()}` === `${weights.toSorted()}`;
  if (isSame) return checkpoint;
  const expected = 'a checkpoint of this recipe';
  const got = checkpoint
    ? 'a checkpoint of a recipe with other training settings, classes or weights'
    : 'a damaged file';
  const message = `Expected ${expected} in ${path}, got ${got}. To start from the first iteration and replace it, leave out --resume`;
  throw new InnerloopError('invalid_recipe', message, { expected, got });
}

function decode(bytes: Buffer): Checkpoint | null {
  try {
    return deserialize(bytes) as Checkpoint;
  } catch {
    return null;
  }
}

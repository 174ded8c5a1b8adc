import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { InnerloopError } from '../../errors.ts';
import { reasonOf, replaceFile } from '../../package/files.ts';
import type { Tensors } from '../../tensor.ts';
import type { CurvePoint } from '../card/curve.ts';
import type { AdamState } from './adam.ts';

/** Everything that meta-training carries from one iteration to the next, except episodes: seed and iteration decide them. */
export interface Checkpoint {
  /** Hash of the recipe and the classes that the run depends on; a checkpoint with another hash is not continued. */
  readonly recipe: string;
  readonly iteration: number;
  readonly weights: Tensors;
  readonly adam: AdamState;
  /** The weights that validated best, and how well: accuracy, or negated error. */
  readonly best: { readonly score: number; readonly iteration: number; readonly weights: Tensors } | null;
  readonly losses: readonly CurvePoint[];
  readonly validations: readonly CurvePoint[];
  /** Losses since the last point of `losses`. */
  readonly recent: readonly number[];
}

/** The checkpoint of a training is beside its recipe. */
export const checkpointPath = (directory: string, name: string) => join(directory, `${name}.checkpoint`);

export const writeCheckpoint = (path: string, checkpoint: Checkpoint): Promise<void> =>
  replaceFile(path, serialize(checkpoint));

/**
 * Null when there is none.
 * @throws InnerloopError `invalid_recipe` for a checkpoint of another recipe or a damaged one. Starting over in its place
 * would replace it, so that is left to the caller.
 */
export async function readCheckpoint(path: string, recipe: string): Promise<Checkpoint | null> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    const message = `Cannot read ${path}: ${reasonOf(error)}`;
    throw new InnerloopError('invalid_config', message, { cause: error });
  });
  if (!bytes) return null;
  const checkpoint = decode(bytes);
  if (checkpoint?.recipe === recipe) return checkpoint;
  const expected = 'a checkpoint of this recipe to go on from';
  const got = checkpoint
    ? 'one of a recipe that trains in another way, or on other classes'
    : 'a damaged file';
  const message = `Expected ${expected} in ${path}, got ${got}: without --resume, training starts over and replaces it`;
  throw new InnerloopError('invalid_recipe', message, { expected, got });
}

function decode(bytes: Buffer): Checkpoint | null {
  try {
    return deserialize(bytes) as Checkpoint;
  } catch {
    return null;
  }
}

import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { InnerloopError } from '../../errors.ts';
import type { Tensors } from '../../tensor.ts';
import type { CurvePoint } from '../card/curve.ts';
import type { AdamState } from './adam.ts';

/** Everything that meta-training carries from one iteration to the next. Episodes follow from seed and iteration. */
export interface Checkpoint {
  /** Hash of what the run depends on, recipe and number of classes; a checkpoint of another is not continued. */
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

/** Where the checkpoint of a package's training is kept: beside its recipe. */
export const checkpointPath = (directory: string, name: string) => join(directory, `${name}.checkpoint`);

/** Replaces the file in one step: a reader sees the old checkpoint or the new one. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await writeFile(`${path}.part`, serialize(checkpoint));
  await rename(`${path}.part`, path);
}

/**
 * Null when there is none.
 * @throws InnerloopError `invalid_recipe` for one that belongs to another recipe, or is damaged: to start over instead
 * would replace it.
 */
export async function readCheckpoint(path: string, recipe: string): Promise<Checkpoint | null> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!bytes) return null;
  const checkpoint = decode(bytes);
  if (checkpoint?.recipe === recipe) return checkpoint;
  const expected = 'a checkpoint of this recipe to go on from';
  const got = checkpoint
    ? 'one of a recipe that trains otherwise, or on other classes'
    : 'a file that is damaged, or none of ours';
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

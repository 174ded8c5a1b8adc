import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Tensors } from '../tensor.ts';
import type { AdamState } from './adam.ts';
import type { CurvePoint } from './curve.ts';

/** Everything that meta-training carries from one iteration to the next. Episodes follow from seed and iteration. */
export interface Checkpoint {
  /** Hash of what the run depends on; a checkpoint of another recipe is not continued. */
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

/** Null when there is none, when it is damaged, or when it belongs to another recipe. */
export async function readCheckpoint(path: string, recipe: string): Promise<Checkpoint | null> {
  const bytes = await readFile(path).catch(() => null);
  if (!bytes) return null;
  try {
    const checkpoint = deserialize(bytes) as Checkpoint;
    return checkpoint.recipe === recipe ? checkpoint : null;
  } catch {
    return null;
  }
}

import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { tryLockFolder } from '../../adapters/lmdb/folder-lock.ts';
import type { Config } from '../../config.ts';
import { makeDataFolder } from '../server/data-folder.ts';

type Place = Pick<Config, 'DATA_DIR'>;

/** The folder of the encoders that were built or downloaded on this machine. */
export const builtEncoders = ({ DATA_DIR }: Place) => join(DATA_DIR, 'encoders');

const LOCK_RETRY_MS = 100;

/**
 * Creates the folder, and waits until no other process writes to it. Disposal lets the next one write.
 * @throws InnerloopError `invalid_config` when the folder cannot be written to, such as on a full disk
 */
export async function lockBuiltEncoders(place: Place, signal?: AbortSignal): Promise<AsyncDisposable> {
  const folder = builtEncoders(place);
  await makeDataFolder(place);
  await makeDataFolder({ DATA_DIR: folder });
  for (;;) {
    const lock = tryLockFolder(folder);
    if (typeof lock !== 'number') return lock;
    await setTimeout(LOCK_RETRY_MS, undefined, { signal });
  }
}

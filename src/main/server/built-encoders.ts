import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { lockFolder } from '../../adapters/lmdb/folder-lock.ts';
import type { Config } from '../../config.ts';
import { InnerloopError } from '../../errors.ts';
import { makeDataFolder } from './data-folder.ts';

type Place = Pick<Config, 'DATA_DIR'>;

/** The folder of the encoders that were built or downloaded on this machine. */
export const builtEncoders = ({ DATA_DIR }: Place) => join(DATA_DIR, 'encoders');

const LOCK_RETRY_MS = 100;

/** Creates the folder, and waits until no other process writes to it. Disposal lets the next one write. */
export async function lockBuiltEncoders(place: Place, signal?: AbortSignal): Promise<AsyncDisposable> {
  const folder = builtEncoders(place);
  await makeDataFolder(place);
  await makeDataFolder({ DATA_DIR: folder });
  for (;;) {
    try {
      return lockFolder(folder);
    } catch (error) {
      if (!(error instanceof InnerloopError && error.code === 'invalid_config')) throw error;
      await setTimeout(LOCK_RETRY_MS, undefined, { signal });
    }
  }
}

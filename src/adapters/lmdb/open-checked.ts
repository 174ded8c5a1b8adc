import { open, type RootDatabase, type RootDatabaseOptions } from 'lmdb';
import { InnerloopError } from '../../errors.ts';
import { damageOf } from './data-file.ts';

/** The environment in the folder `path`. @throws InnerloopError `invalid_config` when it cannot be opened. */
export function openSound(path: string, options: RootDatabaseOptions): RootDatabase {
  const damage = damageOf(path);
  if (damage !== null) {
    throw cannotOpen(
      path,
      `data.mdb is damaged, ${damage}: restore the folder, or move it away to start empty`,
    );
  }
  try {
    return open({ ...options, path });
  } catch (error) {
    throw cannotOpen(path, error instanceof Error ? error.message : String(error));
  }
}

function cannotOpen(path: string, reason: string): InnerloopError {
  return new InnerloopError('invalid_config', `The data in ${path} cannot be opened: ${reason}`);
}

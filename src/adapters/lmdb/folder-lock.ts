import { join } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { InnerloopError } from '../../errors.ts';
import { openRoot } from './environment.ts';

/**
 * Locks `folder` for this process until disposal. Otherwise two services on one folder would run each other's adaptations.
 *
 * The lock is an entry in the reader table of an empty LMDB environment. LMDB holds a file lock for each process in the
 * table, so an entry is valid only while its process lives, even after a crash. The lock does not work between containers,
 * because their process ids are not unique.
 * @throws InnerloopError `invalid_config` when another process has the lock, or the folder cannot be written to
 */
export function lockFolder(folder: string): AsyncDisposable {
  const lock = tryLockFolder(folder);
  if (typeof lock !== 'number') return lock;
  throw new InnerloopError(
    'invalid_config',
    `Process ${lock} uses ${folder}: stop it, or give each process its own DATA_DIR`,
  );
}

/**
 * As `lockFolder`, but answers the id of the process that has the lock.
 * @throws InnerloopError `invalid_config` when the folder cannot be written to, such as on a full disk
 */
export function tryLockFolder(folder: string): AsyncDisposable | number {
  const root = openRoot(join(folder, 'owner'), {}, 'remove');
  // Add the entry first and check afterwards: when two processes start at once, at least one sees the other.
  const entry = root.useReadTransaction();
  root.get('', { transaction: entry });
  const release = () => {
    entry.done();
    return root.close();
  };
  root.readerCheck();
  const other = readersOf(root).find((pid) => pid !== process.pid);
  if (other === undefined) return { [Symbol.asyncDispose]: release };
  void release();
  return other;
}

/** Process ids in the reader table. Its text form is a heading, then lines of `pid thread transaction`. */
function readersOf(root: RootDatabase): readonly number[] {
  return [...root.readerList().matchAll(/^ *(\d+) /gm)].map(([, pid]) => Number(pid));
}

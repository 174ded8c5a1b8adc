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
 * @throws InnerloopError `invalid_config` when another process has the lock
 */
export function lockFolder(folder: string): AsyncDisposable {
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
  throw new InnerloopError(
    'invalid_config',
    `Process ${other} uses ${folder}: stop it, or give each process its own DATA_DIR`,
  );
}

/** Process ids in the reader table. Its text form is a heading, then lines of `pid thread transaction`. */
function readersOf(root: RootDatabase): readonly number[] {
  return [...root.readerList().matchAll(/^ *(\d+) /gm)].map(([, pid]) => Number(pid));
}

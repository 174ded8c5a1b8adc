import { join } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { InnerloopError } from '../../errors.ts';
import { openRoot } from './environment.ts';

/**
 * Locks `folder` for this process until disposal: two services on one folder would each run what the other has accepted.
 * The lock is the table of readers of an empty LMDB environment. LMDB holds a file lock for each process in the table, so
 * an entry counts as long as its process lives, however that ends. It does not work between containers, where process ids
 * are not unique.
 * @throws InnerloopError `invalid_config` when another process has the lock
 */
export function lockFolder(folder: string): AsyncDisposable {
  const root = openRoot(join(folder, 'owner'), {}, 'remove');
  // Enter first and look afterwards: of two processes that start at once, at least one sees the other.
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
    `Process ${other} has ${folder} open: stop it, or give each its own DATA_DIR`,
  );
}

/** Process ids in the table of readers: a heading, then lines of `pid thread transaction`. */
function readersOf(root: RootDatabase): readonly number[] {
  return [...root.readerList().matchAll(/^ *(\d+) /gm)].map(([, pid]) => Number(pid));
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { InnerloopError } from '../../errors.ts';
import { damageOf } from './data-file.ts';
import { openSound } from './open-checked.ts';

/**
 * Makes `folder` this process's own until disposal: two services would each run what the other has accepted. The
 * lock is the table of readers of an empty LMDB environment: LMDB holds a file lock for each process in it, so an
 * entry counts as long as its process lives, however that ends. It cannot tell containers that number their
 * processes each for itself.
 * @throws InnerloopError `invalid_config` when another process has it.
 */
export function claimFolder(folder: string): AsyncDisposable {
  const path = join(folder, 'owner');
  if (damageOf(path) !== null) rmSync(join(path, 'data.mdb'));
  const root = openSound(path, {});
  // Entered first and looked at then: of two that start at once, at least one sees the other.
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

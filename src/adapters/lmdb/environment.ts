import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Database, type DatabaseOptions, type Key, open, type RootDatabaseOptions } from 'lmdb';
import { InnerloopError, isUnavailable } from '../../errors.ts';
import { damageOf } from './data-file.ts';
import {
  type DiskError,
  diskErrorOf,
  errorOfSample,
  freeBytes,
  isDiskFull,
  removeIfThere,
  writeRefusalOf,
} from './disk-error.ts';

/** Larger than LMDB's lock file with the default number of readers. */
const LOCK_BYTES = 16 * 1024;
/** About the size of a small support set. */
const PROBE_BYTES = 16 * 1024;
/** LMDB never finishes the flush of a commit that has failed. */
const CLOSE_AFTER_FAILURE_MS = 500;

const ignore = () => undefined;

/** One LMDB environment. A transaction can change all of its tables. */
export interface Environment {
  table<V, K extends Key>(
    name: string,
    encoding: DatabaseOptions['encoding'] & ('json' | 'binary'),
  ): Database<V, K>;
  /**
   * Runs `work` as one transaction. After a commit has failed, transactions that do not free space are refused at once,
   * until the disk has more free space or a transaction with the effect `frees` has succeeded.
   * @throws InnerloopError `unavailable` when it cannot be committed
   */
  commit<T>(work: () => T, effect?: 'frees'): Promise<T>;
  /** Resolves when all commits are on the disk. */
  flushed(): Promise<unknown>;
  /** Makes a small test write. Answers its error, or null. */
  probe(): Promise<Error | null>;
  /** Makes writes of other processes visible to the next reads. */
  refresh(): void;
  close(): Promise<void>;
}

export interface EnvironmentOptions extends Pick<RootDatabaseOptions, 'maxDbs'> {
  readonly path: string;
  /** `remove`: replace a damaged data file with an empty one. Default: `refuse`. */
  readonly ifDamaged?: 'refuse' | 'remove';
  /** Called when a commit fails, with the error of the file system. */
  onWriteError?(error: Error): void;
}

/** @throws InnerloopError `invalid_config` when the environment cannot be opened */
export function openEnvironment(options: EnvironmentOptions): Environment {
  const { path, maxDbs, ifDamaged = 'refuse', onWriteError = ignore } = options;
  const root = openRoot(path, { ...(maxDbs !== undefined && { maxDbs }), encoding: 'json' }, ifDamaged);
  /** Why the last commit failed, and the free bytes of the disk at that time. Null when it succeeded. */
  let failure: { readonly error: DiskError; readonly free: number; isFreed: boolean } | null = null;
  let hasFailed = false;

  const commitOnce = async <T>(work: () => T): Promise<T> => {
    try {
      return await root.transaction(() => {
        const result = work();
        // When a commit fails, lmdb also rejects this promise. Unhandled, the rejection would end the process.
        // See https://github.com/kriszyp/lmdb-js/issues/368
        root.committed.then(ignore, ignore);
        return result;
      });
    } catch (thrown) {
      const { commitError } = thrown as { commitError?: Promise<never> };
      if (!commitError) throw thrown;
      const error = diskErrorOf(await commitError.catch((cause: unknown) => cause), path);
      failure = { error, free: freeBytes(path), isFreed: false };
      hasFailed = true;
      onWriteError(error);
      throw writeRefusalOf(error);
    }
  };
  /** LMDB reuses freed pages only in later commits, so commit twice. */
  const reuseFreedPages = async (): Promise<void> => {
    for (const n of [1, 2]) await commitOnce(() => root.put('reuse', n)).catch(ignore);
  };

  const environment: Environment = {
    table: (name, encoding) => opening(path, () => root.openDB({ name, encoding })),
    async commit(work, effect) {
      const before = failure;
      if (effect === 'frees') {
        // Concurrent transactions share a commit. It may have failed because another one needed more space: try again.
        const result = await commitOnce(work).catch((error: unknown) => {
          if (isUnavailable(error)) return commitOnce(work);
          throw error;
        });
        if (failure) {
          const { error } = failure;
          await reuseFreedPages();
          failure = { error, free: 0, isFreed: true };
        }
        return result;
      }
      if (before && !before.isFreed && freeBytes(path) <= before.free) throw writeRefusalOf(before.error);
      const result = await commitOnce(work);
      failure = null;
      return result;
    },
    flushed: () => root.flushed,
    async probe() {
      try {
        await environment.commit(() => root.put('probe', 'x'.repeat(PROBE_BYTES)));
        return null;
      } catch (error) {
        return failure?.error ?? (error as Error);
      }
    },
    refresh: () => root.resetReadTxn(),
    async close() {
      const closed = root.close();
      await (hasFailed ? Promise.race([closed, setTimeout(CLOSE_AFTER_FAILURE_MS)]) : closed);
    },
  };
  return environment;
}

/** Opens the root of the environment in the folder `path`. @throws InnerloopError `invalid_config` when this fails */
export function openRoot(
  path: string,
  options: RootDatabaseOptions,
  ifDamaged: 'refuse' | 'remove' = 'refuse',
) {
  const file = join(path, 'data.mdb');
  const damage = damageOf(path);
  if (damage !== null && ifDamaged === 'remove') rmSync(file);
  else if (damage !== null) {
    throw cannotOpen(
      path,
      `data.mdb is damaged (${damage}): restore the folder, or move it away to start empty`,
    );
  }
  const isNew = !existsSync(file);
  try {
    return opening(path, () => {
      allocateLock(path);
      // Check first: without room for the first pages of a new data file, LMDB would end the process by SIGBUS.
      const noRoom = isNew ? errorOfSample(path) : null;
      if (noRoom) throw noRoom;
      return open({ ...options, path });
    });
  } catch (error) {
    // An incomplete new file would count as damaged at the next start.
    if (isNew) removeIfThere(file);
    throw error;
  }
}

/**
 * Writes the lock file before LMDB creates it. LMDB would create a sparse file, and on a full disk its first use would end
 * the process by SIGBUS. The file is written under another name first, because another process may open the folder at the
 * same time.
 */
function allocateLock(path: string): void {
  const lock = join(path, 'lock.mdb');
  if (existsSync(lock)) return;
  mkdirSync(path, { recursive: true });
  const draft = `${lock}-${process.pid}`;
  try {
    writeFileSync(draft, Buffer.alloc(LOCK_BYTES));
    linkSync(draft, lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    removeIfThere(draft);
  }
}

function opening<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InnerloopError) throw error;
    const cause = existsSync(path) ? diskErrorOf(error, path) : (error as DiskError);
    if (isDiskFull(cause)) {
      const message = `No room in DATA_DIR: ${path} cannot be opened (${cause.message}). Free some space, or choose another folder`;
      throw new InnerloopError('invalid_config', message);
    }
    throw cannotOpen(path, error instanceof Error ? error.message : String(error));
  }
}

function cannotOpen(path: string, reason: string): InnerloopError {
  return new InnerloopError('invalid_config', `The data in ${path} cannot be opened: ${reason}`);
}

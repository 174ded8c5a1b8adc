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
} from './disk-error.ts';

/** More than LMDB's lock file has with its usual number of readers. */
const LOCK_BYTES = 16 * 1024;
/** As much as a small support set. */
const PROBE_BYTES = 16 * 1024;
/** LMDB never finishes the flush of a commit that has failed. */
const CLOSE_AFTER_FAILURE_MS = 500;

const ignore = () => undefined;

/** One LMDB environment: its tables change together. */
export interface Environment {
  table<V, K extends Key>(
    name: string,
    encoding: DatabaseOptions['encoding'] & ('json' | 'binary'),
  ): Database<V, K>;
  /**
   * `work` as one transaction. While the disk is full, transactions that do not free space are refused without a try,
   * until there is more room or something was deleted.
   * @throws InnerloopError `unavailable` when it cannot be committed
   */
  commit<T>(work: () => T, effect?: 'frees'): Promise<T>;
  /** Resolves when all commits have reached the disk. */
  flushed(): Promise<unknown>;
  /** Writes something small. Answers why that fails, or null. */
  probe(): Promise<Error | null>;
  /** Lets the next reads see what other processes have written. */
  refresh(): void;
  close(): Promise<void>;
}

export interface EnvironmentOptions extends Pick<RootDatabaseOptions, 'maxDbs'> {
  readonly path: string;
  /** `remove`: a damaged data file is replaced by an empty one. */
  readonly ifDamaged?: 'refuse' | 'remove';
  /** Called when a commit fails, with the error of the file system. */
  onWriteError?(error: Error): void;
}

/** @throws InnerloopError `invalid_config` when the environment cannot be opened */
export function openEnvironment(options: EnvironmentOptions): Environment {
  const { path, maxDbs, ifDamaged = 'refuse', onWriteError = ignore } = options;
  const root = openRoot(path, { ...(maxDbs !== undefined && { maxDbs }), encoding: 'json' }, ifDamaged);
  /** The failure of the last commit, and what there was to write to at that time. */
  let failure: { readonly error: DiskError; readonly free: number; isFreed: boolean } | null = null;
  let hasFailed = false;

  const commitOnce = async <T>(work: () => T): Promise<T> => {
    try {
      return await root.transaction(() => {
        const result = work();
        // When a commit fails, lmdb rejects this promise too, and one more per write: unheard, they end the process.
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
      throw refusal(error);
    }
  };
  /** A commit makes pages usable that the one before it has freed. */
  const reuseFreedPages = async (): Promise<void> => {
    for (const n of [1, 2]) await commitOnce(() => root.put('reuse', n)).catch(ignore);
  };

  const environment: Environment = {
    table: (name, encoding) => opening(path, () => root.openDB({ name, encoding })),
    async commit(work, effect) {
      const before = failure;
      if (effect === 'frees') {
        // All transactions of a moment share a commit, and another one of them may have needed more room.
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
      if (before && !before.isFreed && freeBytes(path) <= before.free) throw refusal(before.error);
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

/** The root of the environment in the folder `path`. @throws InnerloopError `invalid_config` when it cannot be opened */
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
      `data.mdb is damaged, ${damage}: restore the folder, or move it away to start empty`,
    );
  }
  const isNew = !existsSync(file);
  try {
    return opening(path, () => {
      allocateLock(path);
      // When there is no room for the first pages of a new data file, LMDB ends the process by SIGBUS.
      const noRoom = isNew ? errorOfSample(path) : null;
      if (noRoom) throw noRoom;
      return open({ ...options, path });
    });
  } catch (error) {
    // Half a file would count as damaged at the next start.
    if (isNew) removeIfThere(file);
    throw error;
  }
}

/**
 * Writes the lock file before LMDB makes it. LMDB's is sparse: on a full disk the first use of the mapped file would end
 * the process by SIGBUS. It is written under another name first, as another process may open the folder meanwhile.
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
      const message = `no room in DATA_DIR: ${path} cannot be opened (${cause.message}). Free some space, or name another folder`;
      throw new InnerloopError('invalid_config', message);
    }
    throw cannotOpen(path, error instanceof Error ? error.message : String(error));
  }
}

function cannotOpen(path: string, reason: string): InnerloopError {
  return new InnerloopError('invalid_config', `The data in ${path} cannot be opened: ${reason}`);
}

function refusal(cause: DiskError): InnerloopError {
  const message = isDiskFull(cause)
    ? 'The store is full and takes deletions only: try again later'
    : 'The store cannot be written to: try again later';
  return new InnerloopError('unavailable', message, { retryAfterSeconds: 1, cause });
}

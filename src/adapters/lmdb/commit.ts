import type { RootDatabase } from 'lmdb';

const ignore = () => undefined;

/**
 * `work` as one transaction. Where its commit fails, say on a full disk, lmdb rejects more promises than the one a
 * caller can wait for: one that hangs on the error, and one per write. With nobody to hear them they would end the
 * process.
 *
 * @see https://github.com/kriszyp/lmdb-js/issues/368
 */
export async function commit<T>(root: RootDatabase, work: () => T): Promise<T> {
  try {
    return await root.transaction(() => {
      const result = work();
      root.committed.then(ignore, ignore);
      return result;
    });
  } catch (error) {
    (error as { commitError?: Promise<never> }).commitError?.catch(ignore);
    throw error;
  }
}

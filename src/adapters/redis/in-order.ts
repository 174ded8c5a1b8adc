/**
 * Runs what concerns one key one after the other, in this process. Changes to one task would otherwise conflict with each
 * other and be done again; those of other processes still may.
 */
export function createInOrder() {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}

import type { Database } from 'lmdb';
import type { Adaptation } from '../../domain/adaptation.ts';
import type { Task } from '../../domain/task.ts';
import type { Usage } from '../../domain/usage.ts';
import { commit } from './commit.ts';
import { openSound } from './open-checked.ts';

/** One LMDB environment; every key starts with the tenant, so that no scan can leave it. */
export interface Tables {
  /** [tenant, task] */
  readonly tasks: Database<Task, string[]>;
  /** [tenant, task, adaptation] */
  readonly adaptations: Database<Adaptation, string[]>;
  /** [tenant, task, sequence] → adaptation, for the latest first */
  readonly order: Database<string, (string | number)[]>;
  /** [tenant, task, digest] → bytes */
  readonly supports: Database<Buffer, string[]>;
  /** [tenant, task, adaptation] of those that have not ended */
  readonly unfinished: Database<true, string[]>;
  /** [tenant], and of it [tenant, task] */
  readonly usage: Database<Usage, string[]>;
  /** `work` as one transaction; resolves once its writes are visible to every reader and survive the process. */
  write<T>(work: () => T): Promise<T>;
  /** As `write`, and the writes have reached the disk: they survive the machine too. */
  writeThrough<T>(work: () => T): Promise<T>;
  close(): Promise<void>;
}

export function openTables(path: string): Tables {
  const root = openSound(path, { maxDbs: 6, encoding: 'json' });
  const table = <V, K extends (string | number)[] = string[]>(name: string) =>
    root.openDB<V, K>({ name, encoding: 'json' });
  const write = <T>(work: () => T) => commit(root, work);
  return {
    tasks: table('tasks'),
    adaptations: table('adaptations'),
    order: table('order'),
    supports: root.openDB<Buffer, string[]>({ name: 'supports', encoding: 'binary' }),
    unfinished: table('unfinished'),
    usage: table('usage'),
    write,
    async writeThrough(work) {
      const result = await write(work);
      await root.flushed;
      return result;
    },
    close: () => root.close(),
  };
}

/** Keys that continue `prefix` with a string above `after`. */
export function stringsUnder(prefix: readonly string[], after = '') {
  return { start: [...prefix, after], end: [...prefix, '\uffff'], exclusiveStart: true };
}

/** Keys that continue `prefix` with a number below `before`, descending. */
export function numbersUnder(prefix: readonly string[], before = Number.MAX_SAFE_INTEGER) {
  return { start: [...prefix, before], end: [...prefix, 0], exclusiveStart: true, reverse: true };
}

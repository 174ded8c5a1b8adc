import { createKeyedMutex } from '../../concurrency/keyed-mutex.ts';
import { checkQuota, NOTHING_USED, type Quota, type Usage } from '../../domain/usage.ts';
import { type Commit, commit, type Write } from './commit.ts';
import { type Redis, withStoreErrors } from './connection.ts';
import { type TaskKeys, TENANTS } from './keys.ts';

/** What to write, and the answer of the operation once it is written. */
export interface Decision<T> {
  readonly answer: T;
  readonly usage?: Partial<Usage>;
  readonly writes: readonly Write[];
}

/** Fields of the task, all of one etag. */
export type Read = (...fields: string[]) => Promise<(string | null | undefined)[]>;

/** Repeats `decide` until its writes could be committed without another change to the task in between. */
export type Change = <T>(
  keys: TaskKeys,
  tenant: string,
  decide: (read: Read) => Promise<Decision<T>>,
) => Promise<T>;

/** @throws InnerloopError `quota_exceeded`, `unavailable` */
export function createChange(redis: Redis, quota: Quota): { change: Change } & Disposable {
  // Changes to one task would otherwise conflict with each other and be done again; those of other processes still may.
  const mutex = createKeyedMutex();
  const known = new Set<string>();
  // After a restart Redis may have lost its last second.
  const forget = () => known.clear();
  redis.on('ready', forget);

  const change: Change = (keys, tenant, decide) =>
    mutex(keys.task, () =>
      withStoreErrors(async () => {
        for (;;) {
          let etag: string | undefined;
          const read: Read = async (...fields) => {
            const [found, ...values] = await redis.hmget(keys.task, 'etag', ...fields);
            etag ??= found ?? '';
            return values;
          };
          const { answer, writes, usage } = await decide(read);
          if (writes.length === 0) return answer;
          // A deletion needs no registration, and a full Redis would refuse it.
          if ((usage?.tasks ?? 0) >= 0) await register(tenant);
          const transaction: Commit = {
            keys,
            etag: etag ?? '',
            usage: { ...NOTHING_USED, ...usage },
            quota,
            writes,
          };
          const committed = await commit(redis, transaction);
          if (committed.kind === 'done') return answer;
          if (committed.kind === 'beyond') checkQuota(committed.used, transaction.usage, quota);
        }
      }),
    );
  return { change, [Symbol.dispose]: () => void redis.off('ready', forget) };

  /** Before the tenant's first write: a listed tenant without tasks is harmless; tasks of an unlisted one are never resumed. */
  async function register(tenant: string): Promise<void> {
    if (known.has(tenant)) return;
    await redis.sadd(TENANTS, tenant);
    known.add(tenant);
  }
}

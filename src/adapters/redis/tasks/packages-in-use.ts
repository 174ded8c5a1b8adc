import type { StoredAdaptation } from '../../../domain/adaptation.ts';
import type { Redis } from '../connection.ts';
import { TENANTS, taskKeys, tenantKeys } from '../key-names.ts';
import { chunks } from './writes.ts';

/** Records in one round trip, because answers are held in memory. */
const AT_A_TIME = 100;

/** See `TaskStore.packagesInUse`. */
export async function packagesInUse(redis: Redis): Promise<ReadonlySet<string>> {
  const digests = new Set<string>();
  for (const tenant of await redis.smembers(TENANTS)) {
    for (const task of await redis.zrange(tenantKeys(tenant).tasks, '0', '-1')) {
      const keys = taskKeys(tenant, task);
      for (const ids of chunks(await redis.zrange(keys.order, '0', '-1'), AT_A_TIME)) {
        const records = await redis.hmget(keys.task, ...ids.map((id) => `a:${id}`));
        for (const text of records) {
          if (text) digests.add((JSON.parse(text) as StoredAdaptation).packageDigest);
        }
      }
    }
  }
  return digests;
}

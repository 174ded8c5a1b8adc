import type { Meter } from '../../ports/telemetry.ts';
import type { Redis, RedisPurpose } from './connection.ts';
import { infoOf, type RedisInfo } from './requirements.ts';

/** Metrics of each Redis. One scrape calls INFO once per Redis. */
export function measureRedis(meter: Meter, instances: Readonly<Record<RedisPurpose, Redis>>): void {
  for (const purpose of ['store', 'queue', 'cache'] as const) measure(meter, purpose, instances[purpose]);
}

function measure(meter: Meter, purpose: RedisPurpose, redis: Redis): void {
  let asked: Promise<RedisInfo> | null = null;
  const info = () => {
    asked ??= infoOf(redis).finally(() => {
      asked = null;
    });
    return asked;
  };
  const field = (name: string) => async () => {
    const value = (await info())[name];
    return value === undefined ? null : Number(value);
  };
  meter.observe('innerloop_redis_up', { purpose }, () => (redis.status === 'ready' ? 1 : 0));
  meter.observe('innerloop_redis_used_bytes', { purpose }, field('used_memory'));
  meter.observe('innerloop_redis_max_bytes', { purpose }, field('maxmemory'));
  meter.observe('innerloop_redis_evicted_keys_total', { purpose }, field('evicted_keys'));
  meter.observe('innerloop_redis_persistence_ok', { purpose }, async () => persistenceOf(await info()));
}

/**
 * After a failed snapshot, Redis refuses writes by default, also if it has an append-only file. Null without this file: a cache
 * needs none, and for a store the check at the start warns. (Redis says `ok` of snapshots even when it makes none.)
 */
export function persistenceOf({
  aof_enabled: enabled,
  aof_last_write_status: written,
  aof_last_bgrewrite_status: rewritten,
  rdb_last_bgsave_status: saved,
}: RedisInfo): number | null {
  if (saved === 'err') return 0;
  if (enabled !== '1') return null;
  return written === 'ok' && rewritten === 'ok' ? 1 : 0;
}

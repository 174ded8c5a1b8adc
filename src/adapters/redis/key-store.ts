import { ALL_SCOPES, isScope } from '../../domain/keys/scope.ts';
import type { ApiKey, KeyStore, TenantDeletion } from '../../ports/stores/key-store.ts';
import { type Redis, withStoreErrors } from './connection.ts';
import { recordOf, script } from './script.ts';

/** Sorted set of key ids by creation date in milliseconds; equal dates sort by id. Ids are never removed. */
const ALL = 'innerloop:{keys}:all';
/** Hash of the tenants to erase: name → `TenantDeletion`. */
const DELETIONS = 'innerloop:{keys}:deletions';
const redisKeyOf = (id: string) => `innerloop:{keys}:key:${id}`;

/** KEYS: all, key. ARGV: score, id, then fields and values. */
const addFirst = script(`
  if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
  redis.call('HSET', KEYS[2], unpack(ARGV, 3))
  return 1`);

/** KEYS: key. ARGV: date. Keeps an earlier date of revocation. */
const revoke = script(`
  if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
  redis.call('HSETNX', KEYS[1], 'revokedAt', ARGV[1])
  return redis.call('HGETALL', KEYS[1])`);

/** KEYS: key. ARGV: date. The dates have one format, so they can be compared as text. */
const touch = script(`
  if redis.call('EXISTS', KEYS[1]) == 0 then return end
  if (redis.call('HGET', KEYS[1], 'lastUsedAt') or '') < ARGV[1] then
    redis.call('HSET', KEYS[1], 'lastUsedAt', ARGV[1])
  end`);

/**
 * KEYS: deletions. ARGV: tenant, deletion. A full Redis refuses only a script whose first write needs memory, and a deletion
 * makes room.
 */
const putDeletion = script(`
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])`);

/** API keys in Redis, one hash per key, for any number of processes. The caller closes the connection. */
export function createRedisKeyStore(redis: Redis): KeyStore {
  const list = async (tenant?: string): Promise<readonly ApiKey[]> => {
    const ids = await redis.zrange(ALL, '0', '-1');
    const keys = await Promise.all(ids.map(async (id) => keyOf(id, await redis.hgetall(redisKeyOf(id)))));
    return keys.filter((key) => key !== null).filter((key) => tenant === undefined || key.tenant === tenant);
  };

  return {
    add: (key) =>
      withStoreErrors(async () => {
        const answers = await redis
          .multi()
          .zadd(ALL, String(Date.parse(key.createdAt)), key.id)
          .hset(redisKeyOf(key.id), fieldsOf(key))
          .exec();
        const failure = answers?.find(([error]) => error !== null)?.[0];
        if (failure) throw failure;
      }),
    addFirst: (key) =>
      withStoreErrors(async () => {
        const fields = Object.entries(fieldsOf(key)).flat();
        const score = String(Date.parse(key.createdAt));
        return (await addFirst(redis, [ALL, redisKeyOf(key.id)], [score, key.id, ...fields])) === 1;
      }),
    find: (id) => withStoreErrors(async () => keyOf(id, await redis.hgetall(redisKeyOf(id)))),
    list: (tenant) => withStoreErrors(() => list(tenant)),
    revoke: (id, at) =>
      withStoreErrors(async () => keyOf(id, recordOf(await revoke(redis, [redisKeyOf(id)], [at])))),
    touch: (id, at) =>
      withStoreErrors(async () => {
        await touch(redis, [redisKeyOf(id)], [at]);
      }),
    everHadKey: () => withStoreErrors(async () => (await redis.exists(ALL)) === 1),
    deleteTenant: (tenant) =>
      withStoreErrors(async () => {
        for (const { id } of await list(tenant)) await redis.unlink(redisKeyOf(id));
      }),
    putDeletion: (deletion) =>
      withStoreErrors(async () => {
        await putDeletion(redis, [DELETIONS], [deletion.tenant, JSON.stringify(deletion)]);
      }),
    deletions: () =>
      withStoreErrors(async () => {
        const texts = Object.values(await redis.hgetall(DELETIONS));
        return texts.map((text): TenantDeletion => JSON.parse(text));
      }),
    removeDeletion: (tenant) =>
      withStoreErrors(async () => {
        await redis.hdel(DELETIONS, tenant);
      }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** The fields of a key's hash. A date that is null has no field; scopes are separated by commas. */
function fieldsOf({ id: _, scopes, ...key }: ApiKey): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...key, scopes: scopes.join() }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    ),
  );
}

function keyOf(id: string, { tenant, ...fields }: Readonly<Record<string, string>>): ApiKey | null {
  if (tenant === undefined) return null;
  const {
    name = '',
    scopes,
    hash = '',
    createdAt = '',
    expiresAt = null,
    revokedAt = null,
    lastUsedAt = null,
  } = fields;
  // Versions before 0.3 stored no scopes.
  const held = scopes?.split(',').filter(isScope) ?? ALL_SCOPES;
  return { id, tenant, name, scopes: held, hash, createdAt, expiresAt, revokedAt, lastUsedAt };
}

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import { createLmdbKeyStore } from '../../adapters/lmdb/key-store.ts';
import { createSystemClock } from '../../adapters/system-clock.ts';
import type { OpenKeys } from '../../cli/context.ts';
import { parseConfig } from '../../config/parse.ts';
import type { Config } from '../../config.ts';
import { nullIfUnavailable } from '../../errors.ts';
import { isLoopback } from '../../loopback.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KeyStore } from '../../ports/stores/key-store.ts';
import { createKeys, type Keys } from '../../service/keys/keys.ts';
import { makeDataFolder } from './data-folder.ts';

/** How long the creation of the first key is tried: on a busy machine, the first answers of Redis may be late. */
const FIRST_KEY_MS = 5_000;
/** Longer than for a request, because a person waits for the command. */
const CLI_TIMEOUT_MS = 5000;

/** The keys of the server, in `store`. If other machines can reach HOST, every caller needs a key. */
export function createServerKeys(store: KeyStore, { HOST }: Config, logger: FastifyBaseLogger): Keys {
  return createKeys({
    store,
    clock: createSystemClock(),
    randomBytes,
    isAlwaysRequired: !isLoopback(HOST),
    onError: (error) => logger.warn({ err: error }, 'the last use of a key could not be recorded'),
  });
}

/**
 * A key of the tenant `default`, if other machines can reach HOST and no key exists. Null also if the store cannot be reached
 * for a while: it may already contain keys. If it does not, the operator creates one.
 */
export async function createFirstKey(keys: Keys, { HOST, ROLE }: Config): Promise<string | null> {
  if (ROLE === 'worker' || isLoopback(HOST)) return null;
  const soon = AbortSignal.timeout(FIRST_KEY_MS);
  const first = await keys.createFirst('default', soon).catch(nullIfUnavailable);
  return first?.token ?? null;
}

/** Keys in a separate folder of DATA_DIR, which the command line may open while a server runs. */
export function openEmbeddedKeyStore({ DATA_DIR }: Config): KeyStore {
  return createLmdbKeyStore({ path: join(DATA_DIR, 'keys') });
}

/** For the command line: the keys of the server that has the same environment variables. */
export async function openKeys(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<OpenKeys> {
  const config = parseConfig(environment);
  const { store, close } = await openStore(config);
  const keys = createKeys({
    store,
    clock,
    randomBytes,
    isAlwaysRequired: false,
    onError: () => undefined,
  });
  const place = config.REDIS_URL === '' ? config.DATA_DIR : 'Redis';
  return { keys, place, [Symbol.asyncDispose]: close };
}

/** The key store of the server that has the same environment variables. */
export async function openStore(config: Config): Promise<{ store: KeyStore; close: () => Promise<void> }> {
  if (config.REDIS_URL === '') {
    await makeDataFolder(config);
    const store = openEmbeddedKeyStore(config);
    return { store, close: async () => store[Symbol.asyncDispose]() };
  }
  // Loaded only when needed, as in `openBackend`.
  const [{ connect }, { createRedisKeyStore }] = await Promise.all([
    import('../../adapters/redis/connection.ts'),
    import('../../adapters/redis/key-store.ts'),
  ]);
  const redis = connect(config.REDIS_URL, () => undefined, {
    enableOfflineQueue: true,
    answerMs: CLI_TIMEOUT_MS,
  });
  return { store: createRedisKeyStore(redis), close: async () => redis.disconnect() };
}

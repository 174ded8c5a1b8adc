import { expect, it, onTestFinished } from 'vitest';
import { connect } from '../../../src/adapters/redis/connection.ts';
import { createRedisKeyStore } from '../../../src/adapters/redis/key-store.ts';
import { eventually } from '../../support/eventually.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { MINUTE, openKeys, SECOND } from './open-keys.ts';

const unauthorized = expect.objectContaining({ code: 'unauthorized' });

describeWithRedis('while the store cannot be reached', () => {
  async function overRedis() {
    const redis = await startRedis();
    const connection = connect(redis.url, () => undefined);
    onTestFinished(async () => {
      connection.disconnect();
      await redis[Symbol.asyncDispose]();
    });
    await new Promise((resolve) => connection.once('ready', resolve));
    return { redis, ...openKeys({ store: createRedisKeyStore(connection) }) };
  }

  it('accepts a cached key, and answers unavailable for others', async () => {
    const { redis, keys, time } = await overRedis();
    const [known, unknown] = [await keys.issue('acme'), await keys.issue('acme')];
    expect(await keys.required()).toBe(true);
    await keys.verify(known.token);
    await redis.kill();
    for (const pause of [SECOND, SECOND, 60 * MINUTE]) {
      time.now += pause;
      expect(await keys.verify(known.token)).toMatchObject({ tenant: 'acme' });
      expect(await keys.required()).toBe(true);
    }
    await expect(keys.verify(unknown.token)).rejects.toMatchObject({ code: 'unavailable' });
    const forged = `${known.token.slice(0, -43)}${'A'.repeat(43)}`;
    await expect(keys.verify(forged)).rejects.toEqual(unauthorized);

    // Changes during the outage take effect within a second after it.
    await redis.start();
    await eventually(() => keys.revoke(known.key.id), { timeout: 10_000 });
    time.now += SECOND;
    await expect(keys.verify(known.token)).rejects.toEqual(unauthorized);
  });

  it('accepts no caller without a key while it is unknown whether keys exist', async () => {
    const { redis, keys } = await overRedis();
    await redis.kill();
    await expect(keys.required()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('starts one lookup a second when the store hangs', async () => {
    const { redis, keys, time } = await overRedis();
    const { token } = await keys.issue('acme');
    await keys.verify(token);
    redis.freeze();
    time.now += SECOND;
    await Promise.all([keys.verify(token), keys.verify(token)]);
    const started = performance.now();
    await keys.verify(token);
    // Far less than the 800 ms of the earlier lookup.
    expect(performance.now() - started).toBeLessThan(200);
    redis.thaw();
  });
});

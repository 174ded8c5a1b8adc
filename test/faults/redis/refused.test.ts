import { expect, it, onTestFinished } from 'vitest';
import { calls } from '../../../src/adapters/redis/permissions.ts';
import { openKeys } from '../../../src/main/server/keys.ts';
import { long, points } from '../../http/support/bodies.ts';
import { eventually } from '../../support/eventually.ts';
import { adminOf, urlOfUser } from '../../support/redis/admin.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { serve } from '../../support/servers/serve.ts';
import { client } from '../support/client.ts';

async function another(options?: readonly string[]): Promise<TestRedis> {
  const redis = await startRedis(options);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return redis;
}

const SETTINGS = ['REDIS_URL', 'QUEUE_REDIS_URL', 'CACHE_REDIS_URL'];

describeWithRedis('a start is refused in plain words', () => {
  it.each(SETTINGS)('when Redis refuses the database of %s, and nothing is written', async (setting) => {
    const redis = await another(['--databases', '1']);
    for (const database of ['1', '99']) {
      const starting = serve({ REDIS_URL: redis.url, [setting]: `${redis.url}/${database}` });
      await expect(starting).rejects.toThrow(
        /The Redis for the .* cannot be used\. It refuses the database of the URL/,
      );
    }
  });

  it('when the credentials are wrong, missing or too weak', async () => {
    const redis = await another();
    const without = (...rules: string[]) => urlOfUser(redis.url, ...rules);
    const refusalOf = (url: string) => expect(serve({ REDIS_URL: url })).rejects;
    await refusalOf(await without('-info')).toThrow(/may not call INFO/);
    await refusalOf(await without('-@dangerous')).toThrow(/may not call INFO/);
    await refusalOf(await without('-evalsha', '-hset')).toThrow(/may not call hset, .*evalsha/);
    await refusalOf(await without('-subscribe')).toThrow(/The Redis for the queue .* may not call subscribe/);
    await refusalOf(await without('resetkeys', '~other:*')).toThrow(/~innerloop:\*/);
    await refusalOf(redis.url.replace('://', '://app:wrong@')).toThrow(/user name or the password/);
    await refusalOf(redis.url.replace('://', '://nobody:pw@')).toThrow(/user name or the password/);
    await adminOf(redis.url).config('SET', 'requirepass', 'secret');
    await refusalOf(redis.url).toThrow(/requires a password/);
  });

  it('and a late Redis without INFO leaves the process alive and not ready', async () => {
    const redis = await another();
    const admin = adminOf(redis.url);
    const url = await urlOfUser(redis.url, '-@dangerous');
    await admin.config('SET', 'maxclients', '1');
    const server = await serve({ REDIS_URL: url });
    const call = client(server.address);
    expect((await call('GET', '/health/ready')).status).toBe(503);
    await admin.config('SET', 'maxclients', '100');
    await eventually(() => expect(server.lines.join('')).toMatch(/may not call INFO/), 10_000);
    for (let i = 0; i < 3; i++) {
      expect(await call('GET', '/health/live')).toMatchObject({ status: 200 });
      expect(await call('GET', '/health/ready')).toMatchObject({
        status: 503,
        body: { checks: { redis: false } },
      });
    }
  });
});

/** Commands that the client itself sends, or that are checked in another way. */
const UNLISTED = /^(hello|auth|select|client\|.*|info|multi|exec|subscribe|unsubscribe|ping|replconf|psync)$/;

describeWithRedis('the permissions that a start checks', () => {
  it('are enough for adaptations, cancellations, deletions and keys', async () => {
    const redis = await another();
    const server = await serve({ REDIS_URL: redis.url, QUEUE_LOCK_MS: '1000' });
    const call = client(server.address);
    for (let i = 0; i < 5; i++) {
      await call('POST', `/tasks/t${i}/adapt`, points, { prefer: 'wait=20' });
      await call('POST', `/tasks/t${i}/predict`, { inputs: [[-1, 0]] });
    }
    const running = await call('POST', '/tasks/long/adapt', long);
    await call('POST', `/tasks/long/adaptations/${running.body.id}/cancel`);
    await call('GET', '/tasks?limit=2');
    await call('GET', '/tasks/t0/adaptations');
    for (let i = 0; i < 5; i++) await call('DELETE', `/tasks/t${i}`);
    const environment = { REDIS_URL: redis.url };
    await using keys = await openKeys(environment, { now: () => new Date() });
    await keys.keys.createFirst('acme');
    const { key, token } = await keys.keys.issue('acme');
    await keys.keys.verify(token);
    await keys.keys.list();
    await keys.keys.revoke(key.id);
    // Wait for some checks of stalled jobs and some heartbeats.
    await new Promise((resolve) => setTimeout(resolve, 4000));

    const checked = new Set(Object.values(calls).flatMap((each) => each.map(([command]) => command)));
    const admin = adminOf(redis.url);
    const stats = await admin.info('commandstats');
    const seen = [...stats.matchAll(/^cmdstat_([^:]+):/gm)].map(([, command = '']) => command);
    expect(seen).toContain('hset');
    expect(seen.filter((command) => !UNLISTED.test(command) && !checked.has(command))).toEqual([]);
  });
});

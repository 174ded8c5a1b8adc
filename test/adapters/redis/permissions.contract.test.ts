import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { connect, type RedisPurpose } from '../../../src/adapters/redis/connection.ts';
import { calls, missingPermissions, probeWrites } from '../../../src/adapters/redis/permissions.ts';
import { checkRedis } from '../../../src/adapters/redis/requirements.ts';
import { adminOf, urlOfUser } from '../../support/redis/admin.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';

/** It ends blocking calls, of which the probe has one, soon after their timeout: the usual `hz` ends them after 100 ms. */
async function another(): Promise<TestRedis> {
  const redis = await startRedis(['--hz', '500']);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return redis;
}

async function open(url: string) {
  const redis = connect(url, () => undefined);
  onTestFinished(() => redis.disconnect());
  await once(redis, 'ready');
  return redis;
}

const purposes = Object.keys(calls) as RedisPurpose[];

describeWithRedis('permissions', () => {
  it.each(purposes)('are complete for a user with all rights on our keys, as %s', async (purpose) => {
    const redis = await another();
    const limited = await urlOfUser(redis.url, 'resetkeys', 'resetchannels', '~innerloop:*', '&innerloop:*');
    const connection = await open(limited);
    expect(await missingPermissions(connection, purpose)).toBeNull();
    expect(await probeWrites(connection, purpose)).toBeNull();
    // The check must not leave keys without an expiry.
    const admin = adminOf(redis.url);
    for (const key of await admin.keys('*')) expect(await admin.pttl(key)).toBeGreaterThan(0);
  });

  it.each(purposes)('that are missing are each named, as %s', async (purpose) => {
    const redis = await another();
    const connection = await open(await urlOfUser(redis.url));
    const others = purpose === 'cache' ? [] : purpose === 'store' ? ['multi'] : ['multi', 'subscribe'];
    for (const command of [...calls[purpose].map(([name]) => name), ...others]) {
      await urlOfUser(redis.url, `-${command}`);
      const words = await missingPermissions(connection, purpose);
      expect(words).toMatch(new RegExp(`may not call .*\\b${command}\\b.*NOPERM.*ACL SETUSER`));
      expect(await checkRedis(connection, purpose)).toMatchObject({ refusals: [words] });
    }
  });

  it.each([
    ['other keys', ['resetkeys', '~app:*'], 'store'],
    ['other keys', ['resetkeys', '~app:*'], 'queue'],
    ['other keys', ['resetkeys', '~app:*'], 'cache'],
    ['other channels', ['resetchannels', '&app:*'], 'queue'],
    ['reading alone', ['-@all', '+@read', '+@connection', '+info'], 'store'],
  ] as const)('only for %s are not enough: %s, as %s', async (_what, rules, purpose) => {
    const redis = await another();
    const connection = await open(await urlOfUser(redis.url, ...rules));
    expect(await missingPermissions(connection, purpose)).toMatch(/may not call .*~innerloop:\*/);
  });

  it.each([
    ['eval', 'store'],
    ['hstrlen', 'store'],
    ['multi', 'store'],
    ['bzpopmin', 'queue'],
    ['subscribe', 'queue'],
    ['getex', 'cache'],
  ] as const)('are of no use where rename-command has removed %s, as %s', async (command, purpose) => {
    await using server = await startRedis(['--rename-command', command, '']);
    const refusal = await missingPermissions(await open(server.url), purpose);
    expect(refusal).toMatch(new RegExp(`does not have the commands .*\\b${command}\\b.*rename-command`));
  });

  it('without INFO make the check fail, and the error names INFO', async () => {
    const redis = await another();
    for (const rules of [['-info'], ['-@dangerous']]) {
      const connection = await open(await urlOfUser(redis.url, ...rules));
      for (const purpose of purposes) {
        const { refusals } = await checkRedis(connection, purpose);
        expect(refusals).toEqual([expect.stringMatching(/may not call INFO.*\+info/)]);
      }
    }
  });
});

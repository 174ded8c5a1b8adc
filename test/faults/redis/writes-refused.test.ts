import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { points } from '../../http/support/bodies.ts';
import { eventually } from '../../support/eventually.ts';
import { adminOf, replicate, urlOfUser } from '../../support/redis/admin.ts';
import { startProxy } from '../../support/redis/proxy.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { serve } from '../../support/servers/serve.ts';
import { client } from '../support/client.ts';

async function another(options?: readonly string[]): Promise<TestRedis> {
  const redis = await startRedis(options);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return redis;
}

interface Refusal {
  readonly word: string;
  refuse(admin: Redis): Promise<unknown>;
  allow(admin: Redis): Promise<unknown>;
  /** Seconds after which a caller may try again. */
  readonly retryAfter?: string;
  /** Deletions are refused too. */
  readonly deletions?: false;
}

/** Causes for which a running Redis refuses writes, and their remedies. */
const refusals: Record<string, Refusal> = {
  'it has become a replica': {
    word: 'READONLY',
    refuse: (admin) => admin.call('REPLICAOF', '127.0.0.1', '1'),
    allow: (admin) => admin.call('REPLICAOF', 'NO', 'ONE'),
    deletions: false,
  },
  'too few replicas follow it': {
    word: 'NOREPLICAS',
    refuse: (admin) => admin.config('SET', 'min-replicas-to-write', '1'),
    allow: (admin) => admin.config('SET', 'min-replicas-to-write', '0'),
    deletions: false,
  },
  'it cannot save': {
    word: 'MISCONF',
    async refuse(admin) {
      const folder = await mkdtemp(join(tmpdir(), 'innerloop-unsaved-'));
      await admin.config('SET', 'dir', folder);
      await rm(folder, { recursive: true });
      await admin.config('SET', 'save', '3600 1');
      await admin.bgsave().catch(() => undefined);
      await eventually(async () =>
        expect(await admin.info('persistence')).toContain('rdb_last_bgsave_status:err'),
      );
    },
    allow: (admin) => admin.config('SET', 'stop-writes-on-bgsave-error', 'no'),
    deletions: false,
  },
  'it is full': {
    word: 'OOM',
    refuse: (admin) => admin.config('SET', 'maxmemory', '1'),
    allow: (admin) => admin.config('SET', 'maxmemory', '0'),
    retryAfter: '60',
  },
  'its user has lost a permission': {
    word: 'NOPERM',
    refuse: (admin) => admin.call('ACL', 'SETUSER', 'app', '-hset', '-zadd'),
    allow: (admin) => admin.call('ACL', 'SETUSER', 'app', '+hset', '+zadd'),
    deletions: false,
  },
};

describeWithRedis('a Redis that answers and refuses writes', () => {
  it.each(Object.entries(refusals))(
    'is not ready, names the reason once, and is ready again afterwards: %s',
    async (_what, { word, refuse, allow, retryAfter = '1', deletions = true }) => {
      const redis = await another(['--appendonly', 'no', '--enable-protected-configs', 'yes']);
      const admin = adminOf(redis.url);
      const server = await serve({ REDIS_URL: await urlOfUser(redis.url) });
      const call = client(server.address);
      const readyIs = (status: number) =>
        eventually(async () => expect((await call('GET', '/health/ready')).status).toBe(status), {
          timeout: 10_000,
          interval: 250,
        });
      await readyIs(200);
      expect((await call('PUT', '/tasks/before', { model: points.model })).status).toBe(201);

      await refuse(admin);
      await readyIs(503);
      expect((await call('GET', '/health/ready')).body).toMatchObject({ checks: { storeWrites: false } });
      for (let i = 0; i < 30; i++) {
        const answer = await call('PUT', `/tasks/t${i}`, { model: points.model });
        expect(answer).toMatchObject({ status: 503, retryAfter, body: { code: 'unavailable' } });
      }
      if (deletions) expect((await call('DELETE', '/tasks/before')).status).toBe(204);
      // This is longer than the time between two probes.
      await new Promise((resolve) => setTimeout(resolve, 6000));
      const named = server.lines.filter((line) => line.includes('the Redis for the store refuses writes'));
      expect(named).toHaveLength(1);
      expect(named[0]).toContain(word);
      expect(server.lines.filter((line) => line.includes(word)).length).toBeLessThan(12);

      await allow(admin);
      await readyIs(200);
      expect((await call('PUT', '/tasks/after', { model: points.model })).status).toBe(201);
      const adapted = await call('POST', '/tasks/after/adapt', points, { prefer: 'wait=20' });
      expect(adapted).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    },
    60_000,
  );

  it('and keeps its connections open is replaced by the new primary behind the same address', async () => {
    const [old, next] = [await another(), await another()];
    const proxy = await startProxy(old.url);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const server = await serve({ REDIS_URL: proxy.url });
    const call = client(server.address);
    // A busy machine may refuse for a moment.
    const put = () => call('PUT', '/tasks/before', { model: points.model });
    await eventually(async () => expect([200, 201]).toContain((await put()).status), 20_000);

    await replicate(next.url, old.url);
    await adminOf(next.url).call('REPLICAOF', 'NO', 'ONE');
    await replicate(old.url, next.url);
    proxy.lead(next.url);
    await eventually(
      async () => {
        const adapted = await call('POST', '/tasks/after/adapt', points, { prefer: 'wait=20' });
        expect(adapted).toMatchObject({ status: 200, body: { status: 'succeeded' } });
      },
      // The queue's connections notice after some seconds; on a busy machine later.
      { timeout: 60_000, interval: 200 },
    );
    await eventually(async () => expect((await call('GET', '/health/ready')).status).toBe(200), 20_000);
    // No connection to the old primary stays open.
    await eventually(async () => {
      const clients = String(await adminOf(old.url).client('LIST', 'TYPE', 'NORMAL'));
      const pubsub = String(await adminOf(old.url).client('LIST', 'TYPE', 'PUBSUB'));
      expect(pubsub.trim()).toBe('');
      expect(clients.split('\n').filter((line) => /cmd=(bzpopmin|evalsha|eval)/.test(line))).toEqual([]);
    }, 10_000);
  });
});

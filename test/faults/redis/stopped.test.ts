import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createSystemClock } from '../../../src/adapters/system-clock.ts';
import { openKeys } from '../../../src/main/server/keys.ts';
import { points, steps } from '../../http/support/bodies.ts';
import { eventually } from '../../support/eventually.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../../support/redis/redis.ts';
import { serve } from '../../support/servers/serve.ts';
import { type Call, client } from '../support/client.ts';
import { load } from '../support/load.ts';

const RESIDENT = ['a', 'b', 'c', 'd', 'e'];
const WRITES = [
  (call: Call, n: number) => call('PUT', `/tasks/put-${n}`, { model: points.model }),
  (call: Call, n: number) => call('POST', `/tasks/adapt-${n}/adapt`, points),
  (call: Call, n: number) => call('DELETE', `/tasks/put-${n - 2}`),
];

const outages: Readonly<Record<string, readonly [begin: Outage, end: Outage]>> = {
  'is killed': [(redis) => redis.kill(), (redis) => redis.start()],
  'says nothing': [(redis) => redis.freeze(), (redis) => redis.thaw()],
};
type Outage = (redis: TestRedis) => Promise<void>;

describeWithRedis('while Redis is away', () => {
  it.each(Object.entries(outages))(
    'memory answers, writes are refused at once, and all goes on afterwards: it %s',
    async (name, [begin, end]) => {
      const redis = await startRedis();
      onTestFinished(() => redis[Symbol.asyncDispose]());
      const { address } = await serve({ REDIS_URL: redis.url });
      await using keys = await openKeys({ REDIS_URL: redis.url }, createSystemClock());
      const call = client(address, (await keys.keys.issue('acme')).token);
      const adapt = (task: string) => call('POST', `/tasks/${task}/adapt`, points, { prefer: 'wait=20' });
      // A busy machine may answer 503; the same examples give the same adaptation.
      for (const task of RESIDENT) {
        await eventually(async () => expect((await adapt(task)).status).toBe(200), 20_000);
      }
      const predict = (n: number) =>
        call('POST', `/tasks/${RESIDENT[n % RESIDENT.length]}/predict`, { inputs: [[-1, 0]] });
      for (const n of RESIDENT.keys()) expect((await predict(n)).status).toBe(200);

      const accepted: string[] = [];
      let phase: 'before' | 'breaking' | 'away' | 'back' = 'before';
      const counts = {
        predictions: 0,
        slowestMs: 0,
        writes: 0,
        refused: 0,
        slowestRefusalMs: 0,
        notReady: 0,
      };
      const predictions = load(2, async (n) => {
        const answer = await predict(n);
        expect(answer).toMatchObject({ status: 200, body: { predictions: [{ label: 'left' }] } });
        counts.predictions += 1;
        counts.slowestMs = Math.max(counts.slowestMs, answer.ms);
        await setTimeout(5);
      });
      const writes = load(2, async (n) => {
        const during = phase;
        const answer = await (WRITES[n % WRITES.length] as (typeof WRITES)[number])(call, n);
        counts.writes += 1;
        if (answer.status === 202) accepted.push(`/tasks/${answer.body.task}/adaptations/${answer.body.id}`);
        if (during === 'away' && phase === 'away') expect(answer.status).toBe(503);
        if (answer.status === 503) {
          counts.refused += 1;
          counts.slowestRefusalMs = Math.max(counts.slowestRefusalMs, answer.ms);
          expect(answer).toMatchObject({ retryAfter: '1', body: { code: 'unavailable' } });
        } else expect([200, 201, 202, 204, 404]).toContain(answer.status);
        await setTimeout(20);
      });
      const readiness = load(1, async () => {
        const during = phase;
        const { status, body } = await call('GET', '/health/ready');
        if (during === 'away' && phase === 'away') {
          expect({ status, ...body }).toMatchObject({
            status: 503,
            ready: false,
            checks: { store: false, queue: false, models: true },
          });
          counts.notReady += 1;
        }
        await setTimeout(100);
      });

      const long = { ...steps, settings: { steps: 20_000, rate: 1e-6 } };
      const { body: followed } = await call('POST', '/tasks/followed/adapt', long);
      const events = call('GET', `/tasks/followed/adaptations/${followed.id}/events`);
      const waited = call('POST', '/tasks/waited/adapt', long, { prefer: 'wait=60' });
      await eventually(async () => expect((await call('GET', '/tasks/waited')).status).toBe(200), 20_000);

      phase = 'breaking';
      await begin(redis);
      await eventually(async () => expect((await call('GET', '/health/ready')).status).toBe(503), 20_000);
      phase = 'away';
      // Long enough to check each kind of call many times.
      await eventually(() => {
        expect(counts.notReady).toBeGreaterThan(10);
        expect(counts.refused).toBeGreaterThan(20);
      });
      phase = 'back';
      await end(redis);
      const backAt = performance.now();
      await eventually(async () => expect((await call('GET', '/health/ready')).status).toBe(200), 20_000);
      const readyMs = performance.now() - backAt;

      const acceptedWhenReady = accepted.length;
      await eventually(() => expect(accepted.length).toBeGreaterThan(acceptedWhenReady), 20_000);
      await Promise.all([predictions.stop(), writes.stop(), readiness.stop()]);
      expect(await waited).toMatchObject({ status: 200, body: { status: 'succeeded' } });
      // The report may come after the end.
      expect((await events).body).toMatch(/event: succeeded\n.*\n\n/);
      for (const path of accepted) {
        await eventually(
          async () => expect([404, 'succeeded']).toContain((await call('GET', path)).body.status),
          20_000,
        );
      }
      console.log(`redis ${name}: ${JSON.stringify({ ...counts, accepted: accepted.length, readyMs })}`);
      // A command waits 0.7 s at most; the rest is for a machine that does other work, too.
      expect(counts.slowestRefusalMs).toBeLessThan(3000);
    },
    180_000,
  );
});

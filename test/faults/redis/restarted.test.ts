import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { packagesOverTexts } from '../../support/packages/over-texts.ts';
import { tinyPackages } from '../../support/packages.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { serve } from '../../support/servers/serve.ts';
import { client } from '../support/client.ts';
import { load } from '../support/load.ts';
import { KILLS, workloadOf } from '../support/workloads.ts';

const RESTARTS = Math.min(4, KILLS);

describeWithRedis('a Redis that is killed and comes back from its append-only file', () => {
  it.each(['always', 'everysec'])(
    'has all that was accepted, and all of it ends, with appendfsync %s',
    async (fsync) => {
      const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', fsync]);
      onTestFinished(() => redis[Symbol.asyncDispose]());
      // If Redis died while it gave a job to a worker, and the worker never received it, another worker gets the job after this.
      const encoders = await scratchFolder();
      const { packages } = await packagesOverTexts(encoders);
      const environment = { REDIS_URL: redis.url, QUEUE_LOCK_MS: '2000', ENCODERS_DIR: encoders };
      const installed = { packages: [tinyPackages.gradients(), ...packages] };
      const servers = [await serve(environment, installed), await serve(environment, installed)];
      const calls = servers.map(({ address }) => client(address));
      const callOf = (n: number) => calls[n % calls.length] as (typeof calls)[number];

      const accepted: string[] = [];
      let refused = 0;
      const submissions = load(4, async (n) => {
        const settings = { steps: 3, rate: 1e-6 * (n + 1) };
        const task = `${n % 3 === 0 ? 'text' : 'task'}-${n % 50}`;
        const body = { ...workloadOf(task).body(`${task} ${n}`, 3), settings };
        const answer = await callOf(n)('POST', `/tasks/${task}/adapt`, body);
        if (answer.status === 202) accepted.push(`/tasks/${answer.body.task}/adaptations/${answer.body.id}`);
        else {
          expect(answer).toMatchObject({ status: 503, retryAfter: '1' });
          refused += 1;
          await setTimeout(20);
        }
      });
      for (let kill = 1; kill <= RESTARTS; kill++) {
        const enough = accepted.length + 40;
        await eventually(() => expect(accepted.length).toBeGreaterThan(enough), 60_000);
        await redis.kill();
        await redis.start();
      }
      await submissions.stop();

      const missing: string[] = [];
      for (const [n, path] of accepted.entries()) {
        await eventually(
          async () => {
            const { status, body } = await callOf(n)('GET', path);
            if (status === 404) missing.push(path);
            else expect(body.status).toBe('succeeded');
          },
          { timeout: 40_000, interval: 100 },
        );
      }
      const counts = { kills: RESTARTS, accepted: accepted.length, refused, missing: missing.length };
      console.log(`redis restarted, appendfsync ${fsync}: ${JSON.stringify(counts)}`);
      expect(missing).toEqual([]);
    },
    300_000,
  );
});

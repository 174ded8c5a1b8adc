import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { createRandom } from '../../src/training/random.ts';
import { points, steps } from '../http/bodies.ts';
import { post } from '../main/server-process.ts';
import { describeWithRedis } from '../support/redis.ts';
import { startCluster } from './cluster.ts';
import { expectKept, storeOf, type Told } from './kept.ts';

const kills = 20;
const jobsPerKill = 10;

describeWithRedis('a worker killed at any moment', () => {
  it(`takes no adaptation with it, over ${kills} kills`, { timeout: 300_000 }, async () => {
    const random = createRandom(21);
    const cluster = await startCluster({ QUEUE_LOCK_MS: '2000' });
    const store = storeOf(cluster);
    const api = await cluster.start('api');
    const workers = [cluster.start('worker'), cluster.start('worker')];
    const told: Told[] = [];

    const submit = async (task: string) => {
      const count = random.uniform() < 0.2 ? 0 : [100, 3000, 6000][random.integer(3)];
      const body = count === 0 ? points : { ...steps, settings: { steps: count, rate: 1e-6 } };
      const answer = await post(`${api.address}/tasks/${task}/adapt`, body);
      expect(answer.status).toBe(202);
      told.push({ task, steps: count ?? 0, id: ((await answer.json()) as { id: string }).id });
    };
    const someRuns = async () => {
      const [oldest] = await store.unfinished();
      const record = oldest && (await store.adaptation(oldest.tenant, oldest.task, oldest.id));
      expect(record?.status).toBe('running');
    };

    for (let round = 0; round < kills; round++) {
      for (let i = 0; i < jobsPerKill; i++) await submit(`task-${round}-${i}`);
      await vi.waitFor(someRuns, { timeout: 30_000, interval: 5 });
      await wait(random.integer(100));
      const victim = random.integer(workers.length);
      expect(await (await workers[victim])?.stop('SIGKILL')).toBeNull();
      workers[victim] = cluster.start('worker');
    }

    const records = await expectKept(cluster, api.address, told);
    const count = (status: string) => records.filter((each) => each.status === status).length;
    const takenOver = records.filter(({ attempts }) => attempts > 1).length;
    console.log(
      `${kills} kills of workers: ${told.length} accepted, ${takenOver} taken over, ${count('succeeded')} succeeded, ${count('failed')} given up`,
    );
    expect(told).toHaveLength(kills * jobsPerKill);
    expect(takenOver).toBeGreaterThan(kills / 2);
    expect(count('failed')).toBeLessThan(3);
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRandom } from '../../../src/training/random.ts';
import { eventually } from '../../support/eventually.ts';
import { describeWithRedis } from '../../support/redis/redis.ts';
import { post } from '../../support/servers/server-process.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { COUNTING, countEmbeddings } from '../support/embeddings.ts';
import { type Accepted, expectEqualStates, expectResults, storeOf } from '../support/expect-results.ts';
import { KILLS, workloadOf } from '../support/workloads.ts';

const killsPerRound = 2;
const rounds = Math.ceil(KILLS / killsPerRound);
const jobsPerRound = 20;
const kills = rounds * killsPerRound;

/** Counts running adaptations that started after `time`. It only checks the oldest, because queued ones are behind them. */
async function runningSince(cluster: Cluster, time: number): Promise<number> {
  const store = storeOf(cluster);
  const oldest = (await store.unfinished()).slice(0, 20);
  const records = await Promise.all(oldest.map(({ tenant, task, id }) => store.adaptation(tenant, task, id)));
  return records.filter((each) => each?.status === 'running' && Date.parse(each.startedAt ?? '') > time)
    .length;
}

describeWithRedis('a worker killed at any moment', () => {
  it(`loses no adaptation, over ${kills} kills`, async () => {
    const random = createRandom(21);
    const embeddings = await countEmbeddings();
    const cluster = await startCluster({ QUEUE_LOCK_MS: '2000', ...embeddings.environment });
    const startWorker = () => cluster.start('worker');
    const [api, ...workers] = await Promise.all([
      cluster.start('api', COUNTING),
      startWorker(),
      startWorker(),
      startWorker(),
    ]);
    const accepted: Accepted[] = [];
    const submit = async (task: string) => {
      const count = random.uniform() < 0.1 ? 0 : ([1500, 3000, 4500][random.integer(3)] ?? 0);
      const body = workloadOf(task).body(task, count);
      const answer = await post(`${api.address}/tasks/${task}/adapt`, body);
      expect(answer.status).toBe(202);
      accepted.push({ task, steps: count, id: ((await answer.json()) as { id: string }).id });
    };

    for (let round = 0; round < rounds; round++) {
      const since = Date.now();
      for (let i = 0; i < jobsPerRound; i++) await submit(`${i % 2 === 0 ? 'text' : 'task'}-${round}-${i}`);
      // Each worker runs one adaptation.
      const allRun = async () => expect(await runningSince(cluster, since)).toBe(workers.length);
      await eventually(allRun, { timeout: 60_000, interval: 5 });
      const victims = random.sample(workers.length, killsPerRound);
      for (const each of victims) {
        await wait(random.integer(50));
        expect(await workers[each]?.stop('SIGKILL')).toBeNull();
      }
      const next = await Promise.all(victims.map(startWorker));
      for (const [i, each] of victims.entries()) workers[each] = next[i] as (typeof next)[number];
    }

    const records = await expectResults(cluster, api.address, accepted);
    const count = (status: string) => records.filter((each) => each.status === status).length;
    const begunAgain = records.reduce((sum, { attempts }) => sum + attempts - 1, 0);
    console.log(
      `${kills} kills of workers: ${accepted.length} accepted, begun again ${begunAgain} times, ${count('succeeded')} succeeded, ${count('failed')} given up`,
    );
    const texts = accepted.flatMap(({ task }) => workloadOf(task).texts(task));
    const { embedded, again } = await embeddings.expectOnce(texts);
    console.log(`${embedded} texts embedded, ${again} of them again`);
    await expectEqualStates(cluster, records);
    expect(accepted).toHaveLength(rounds * jobsPerRound);
    expect(begunAgain).toBeGreaterThan(kills / 2);
    expect(count('failed')).toBeLessThan(3);
  });
});

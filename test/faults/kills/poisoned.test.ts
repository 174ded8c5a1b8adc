import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { steps as body } from '../../http/support/bodies.ts';
import { describeWithRedis } from '../../support/redis/redis.ts';
import { post } from '../../support/servers/server-process.ts';
import { startCluster } from '../support/cluster.ts';
import { type Accepted, expectResults } from '../support/expect-results.ts';

const crashingWorker = fileURLToPath(new URL('../support/crashing-worker.ts', import.meta.url));
const FATAL_INPUT = 666;
const steps = 2000;

describeWithRedis('an adaptation that ends each process that runs it', () => {
  it('fails with a reason after three attempts, and does not harm an adaptation that runs at the same time', {
    timeout: 120_000,
  }, async () => {
    // Each worker runs two adaptations at a time, so that each crash interrupts another adaptation, too.
    const cluster = await startCluster({
      QUEUE_LOCK_MS: '1500',
      ADAPT_THREADS: '2',
      FATAL_INPUT: String(FATAL_INPUT),
    });
    let deaths = 0;
    let isOver = false;
    onTestFinished(() => {
      isOver = true;
    });
    /** Replaces each worker process that dies, like an orchestrator. */
    const keepRunning = async () => {
      while (!isOver) {
        const worker = await cluster.start('worker', crashingWorker);
        const [, signal] = await once(worker.child, 'exit');
        if (!isOver && signal === 'SIGKILL') deaths += 1;
      }
    };

    const api = await cluster.start('api');
    const submit = async (task: string, support: object[] = []): Promise<Accepted> => {
      const answer = await post(`${api.address}/tasks/${task}/adapt`, {
        ...body,
        support: [...body.support, ...support],
        settings: { steps, rate: 1e-6 },
      });
      expect(answer.status).toBe(202);
      return { task, steps, id: ((await answer.json()) as { id: string }).id };
    };
    const accepted: Accepted[] = [];
    for (let i = 0; i < 10; i++) accepted.push(await submit(`before-${i}`));
    accepted.push(await submit('poisoned', [{ label: 'left', input: [-1, FATAL_INPUT] }]));
    for (let i = 0; i < 10; i++) accepted.push(await submit(`after-${i}`));
    for (let i = 0; i < 2; i++) void keepRunning();
    const records = await expectResults(cluster, api.address, accepted);
    isOver = true;

    const failed = records.filter(({ status }) => status === 'failed');
    const hit = records.filter(({ attempts }) => attempts > 1).length - 1;
    console.log(
      `1 of ${accepted.length} adaptations ended ${deaths} workers and failed; ${hit} beside it were hit; ${accepted.length - failed.length} succeeded`,
    );
    expect(failed.map(({ task }) => task)).toEqual(['poisoned']);
    expect(deaths).toBe(3);
  });
});

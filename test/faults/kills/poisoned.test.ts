import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { steps as body } from '../../http/support/bodies.ts';
import { describeWithRedis } from '../../support/redis/redis.ts';
import { post } from '../../support/servers/server-process.ts';
import { startCluster } from '../support/cluster.ts';
import { expectKept, type Told } from '../support/kept.ts';

const mortalWorker = fileURLToPath(new URL('../support/mortal-worker.ts', import.meta.url));
const FATAL_INPUT = 666;
const steps = 2000;

describeWithRedis('an adaptation that ends each process that runs it', () => {
  it('fails with a reason after three, and harms none that runs beside it', {
    timeout: 120_000,
  }, async () => {
    // Two at a time, so that another is hit whenever a worker is.
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
    /** As an orchestrator does it: who dies is replaced. */
    const keepRunning = async () => {
      while (!isOver) {
        const worker = await cluster.start('worker', mortalWorker);
        const [, signal] = await once(worker.child, 'exit');
        if (!isOver && signal === 'SIGKILL') deaths += 1;
      }
    };

    const api = await cluster.start('api');
    const submit = async (task: string, support: object[] = []): Promise<Told> => {
      const answer = await post(`${api.address}/tasks/${task}/adapt`, {
        ...body,
        support: [...body.support, ...support],
        settings: { steps, rate: 1e-6 },
      });
      expect(answer.status).toBe(202);
      return { task, steps, id: ((await answer.json()) as { id: string }).id };
    };
    const told: Told[] = [];
    for (let i = 0; i < 10; i++) told.push(await submit(`before-${i}`));
    told.push(await submit('poisoned', [{ label: 'left', input: [-1, FATAL_INPUT] }]));
    for (let i = 0; i < 10; i++) told.push(await submit(`after-${i}`));
    for (let i = 0; i < 2; i++) void keepRunning();
    const records = await expectKept(cluster, api.address, told);
    isOver = true;

    const failed = records.filter(({ status }) => status === 'failed');
    const hit = records.filter(({ attempts }) => attempts > 1).length - 1;
    console.log(
      `1 of ${told.length} adaptations ended ${deaths} workers and failed; ${hit} beside it were hit; ${told.length - failed.length} succeeded`,
    );
    expect(failed.map(({ task }) => task)).toEqual(['poisoned']);
    expect(deaths).toBe(3);
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { hasEnded } from '../../../src/domain/adaptation.ts';
import { describeWithRedis } from '../../support/redis/redis.ts';
import { Balancer } from '../support/balancer.ts';
import { startCluster } from '../support/cluster.ts';
import { COUNTING, countEmbeddings } from '../support/embeddings.ts';
import { type Accepted, expectEqualStates, expectResults } from '../support/expect-results.ts';
import { workloadOf } from '../support/workloads.ts';

const clients = 4;

describeWithRedis('a restart of one process after the other', () => {
  it('fails no request', async () => {
    const embeddings = await countEmbeddings();
    const cluster = await startCluster(embeddings.environment);
    const startApi = () => cluster.start('api', COUNTING);
    const startWorker = () => cluster.start('worker', COUNTING);
    const balancer = new Balancer();
    onTestFinished(() => balancer[Symbol.dispose]());
    const apis = await Promise.all([startApi(), startApi()]);
    const workers = await Promise.all([startWorker(), startWorker()]);
    await Promise.all(apis.map(({ address }) => balancer.add(address)));

    const accepted: Accepted[] = [];
    const counts = { adapt: 0, follow: 0, predict: 0, list: 0 };
    let isOver = false;
    const client = async (name: string) => {
      for (let i = 0; !isOver; i++) {
        const task = `${i % 2 === 0 ? 'text' : 'task'}-${name}-${i}`;
        const steps = [1, 300, 3000][i % 3] ?? 0;
        const workload = workloadOf(task);
        const asked = await balancer.send('POST', `/tasks/${task}/adapt`, workload.body(task, steps), {
          prefer: 'wait=20',
        });
        counts.adapt++;
        expect([200, 202]).toContain(asked.status);
        let record = asked.body as { id: string; status: Parameters<typeof hasEnded>[0] };
        const { id } = record;
        accepted.push({ task, id, steps });
        while (!hasEnded(record.status)) {
          await wait(50);
          const answer = await balancer.send('GET', `/tasks/${task}/adaptations/${id}`);
          counts.follow++;
          expect(answer).toMatchObject({ status: 200, body: { id, task } });
          record = answer.body as typeof record;
        }
        expect(record.status).toBe('succeeded');
        for (let j = 0; j < 10; j++) {
          const asking = { inputs: workload.inputs(task) };
          const predicted = await balancer.send('POST', `/tasks/${task}/predict`, asking);
          counts.predict++;
          expect(predicted).toMatchObject({
            status: 200,
            body: { task, adaptation: id, predictions: [{ label: 'left' }] },
          });
        }
        const listed = await balancer.send('GET', `/tasks/${task}/adaptations`);
        counts.list++;
        expect(listed).toMatchObject({ status: 200, body: { data: [{ id, status: 'succeeded' }] } });
      }
    };
    const served = Promise.all(Array.from({ length: clients }, (_, i) => client(String(i))));
    // The test awaits this promise at the end. Until then, a rejection must not end the process.
    served.catch(() => undefined);

    for (const [i, api] of apis.entries()) {
      expect(await api.stop('SIGTERM')).toBe(0);
      balancer.remove(api.address);
      const next = await startApi();
      apis[i] = next;
      await balancer.add(next.address);
    }
    for (const worker of workers) {
      expect(await worker.stop('SIGTERM')).toBe(0);
      await startWorker();
    }
    isOver = true;
    await served;

    const records = await expectResults(cluster, apis[0]?.address ?? '', accepted);
    console.log(
      `4 restarts: ${counts.adapt} adapt, ${counts.follow} follow, ${counts.predict} predict, ${counts.list} list, none failed`,
    );
    const texts = accepted.flatMap(({ task }) => workloadOf(task).texts(task));
    const { embedded, again } = await embeddings.expectOnce(texts);
    console.log(`${embedded} texts embedded, ${again} of them again`);
    await expectEqualStates(cluster, records);
    expect(records.every(({ status }) => status === 'succeeded')).toBe(true);
    expect(records.every(({ attempts }) => attempts === 1)).toBe(true);
  });
});

import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { long, points } from '../../http/support/bodies.ts';
import { eventually } from '../../support/eventually.ts';
import { describeWithRedis } from '../../support/redis/redis.ts';
import { post, type ServerProcess } from '../../support/servers/server-process.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { expectPrediction, storeOf } from '../support/expect-results.ts';

const LIMIT_MS = 10_000;

/** An HTTP agent that keeps its connection to the server open. */
async function keptOpen(address: string): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const [answer] = (await once(get(`${address}/health/ready`, { agent }), 'response')) as [IncomingMessage];
  await once(answer.resume(), 'end');
}

/** Sends SIGTERM, expects a normal exit, and returns the time that it took. */
async function endedMs(server: ServerProcess): Promise<number> {
  const started = performance.now();
  expect(await server.stop('SIGTERM')).toBe(0);
  return Math.round(performance.now() - started);
}

/** Waits until the adaptation has started after `time`, and returns its start time. */
function begunAfter(cluster: Cluster, id: string, time: number): Promise<number> {
  const store = storeOf(cluster);
  return eventually(
    async () => {
      const record = await store.adaptation('default', 'running', id);
      expect(record).toMatchObject({ status: 'running', attempts: 1 });
      const begun = Date.parse(record?.startedAt ?? '');
      expect(begun).toBeGreaterThan(time);
      return begun;
    },
    { timeout: 10_000, interval: 20 },
  );
}

describeWithRedis('SIGTERM, with connections kept open and an adaptation running', () => {
  it('ends an API process and a worker process in time, and another worker runs the adaptation at once', {
    timeout: 120_000,
  }, async () => {
    const cluster = await startCluster();
    const [api, other, worker] = await Promise.all([
      cluster.start('api'),
      cluster.start('api'),
      cluster.start('worker'),
    ]);
    const done = await post(`${api.address}/tasks/done/adapt`, points, { prefer: 'wait=20' });
    const { id: doneId } = (await done.json()) as { id: string };
    const submitted = await post(`${api.address}/tasks/running/adapt`, long);
    const { id } = (await submitted.json()) as { id: string };
    const begun = await begunAfter(cluster, id, 0);
    const next = await cluster.start('worker');

    // The adaptation runs on this worker, because there was no other when it started.
    await keptOpen(worker.address);
    const at = Date.now();
    const [workerMs, begunAgain] = await Promise.all([endedMs(worker), begunAfter(cluster, id, begun)]);
    const resumedMs = begunAgain - at;

    // The API process has idle connections, an open stream, and a caller that waits for the end.
    await keptOpen(api.address);
    const queued = await post(`${api.address}/tasks/queued/adapt`, long);
    const events = new URL(`${queued.headers.get('location')}/events`, queued.url).href;
    const [stream] = (await once(get(events), 'response')) as [IncomingMessage];
    await once(stream.resume(), 'data');
    const waiting = post(`${api.address}/tasks/queued/adapt`, long, { prefer: 'wait=60' });
    const [apiMs] = await Promise.all([endedMs(api), once(stream, 'close')]);
    expect((await waiting).status).toBe(202);

    console.log(
      `SIGTERM: a worker ended in ${workerMs} ms, its adaptation went on after ${resumedMs} ms; an api in ${apiMs} ms`,
    );
    expect(workerMs).toBeLessThan(LIMIT_MS);
    expect(apiMs).toBeLessThan(LIMIT_MS);
    // This is much shorter than the lock of the queue, which is half a minute.
    expect(resumedMs).toBeLessThan(3000);
    await expectPrediction(other.address, { task: 'done', id: doneId });
    expect(await endedMs(next)).toBeLessThan(LIMIT_MS);
  });
});

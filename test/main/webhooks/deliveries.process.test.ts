import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { long, points, steps } from '../../http/support/bodies.ts';
import { modelsFolder } from '../../support/files/models-folder.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { describeDeployments } from '../../support/servers/deployments.ts';
import { post as postUntilTaken } from '../../support/servers/post.ts';
import { serve } from '../../support/servers/serve.ts';
import { post, startServerProcess } from '../../support/servers/server-process.ts';
import { startReceiver } from '../../support/webhooks/receiver.ts';

const events = ['adaptation.succeeded', 'adaptation.failed', 'adaptation.cancelled'];
const environment = {
  WEBHOOK_NETWORKS: '127.0.0.0/8',
  WEBHOOK_KEY: randomBytes(32).toString('base64'),
  WEBHOOK_RETRY_SECONDS: '1,1,1,1',
};

interface Server {
  readonly address: string;
}
const create = async (server: Server, url: string) => {
  const answer = await postUntilTaken(server, '/webhooks', { url, events });
  expect(answer.status).toBe(201);
  return (await answer.json()) as { id: string; secret: string };
};
const adapt = async (server: Server, task: string, body: object = points) =>
  (await (await postUntilTaken(server, `/tasks/${task}/adapt`, body)).json()) as { id: string };
const deliveries = async ({ address }: Server, id: string) => {
  const { data } = (await (await fetch(`${address}/webhooks/${id}/deliveries`)).json()) as {
    data: readonly { id: string; status: string; attempts: number; response: number | null }[];
  };
  return data;
};

describeDeployments('webhooks', (start) => {
  it('tell a receiver of the ends of adaptations, signed, and again until it answers', async () => {
    const receiver = await startReceiver();
    const { api } = await start(environment);
    const { id, secret } = await create(api, receiver.url);
    expect(await (await post(`${api.address}/webhooks/${id}/test`, {})).json()).toMatchObject({
      status: 'succeeded',
      response: 204,
    });
    const running = await adapt(api, 'stopped', long);
    await post(`${api.address}/tasks/stopped/adaptations/${running.id}/cancel`, {});
    await receiver.first(({ type }) => type === 'adaptation.cancelled');
    receiver.answer(503);
    const done = await adapt(api, 'done');
    const refused = await receiver.first(({ data }) => data.adaptation === done.id);
    receiver.answer(204);
    const taken = await receiver.first(({ id, status }) => id === refused.id && status === 204);
    const failed = await adapt(api, 'failed', { ...steps, settings: { rate: 1e30 } });
    await receiver.first(({ data }) => data.adaptation === failed.id);

    expect(receiver.received.every(({ isSignedBy }) => isSignedBy(secret))).toBe(true);
    expect(receiver.received.map(({ type }) => type)).toEqual([
      'webhook.test',
      'adaptation.cancelled',
      'adaptation.succeeded',
      'adaptation.succeeded',
      'adaptation.failed',
    ]);
    expect(taken.data).toMatchObject({ task: 'done', status: 'succeeded', error: null });
    await expect
      .poll(async () => (await deliveries(api, id)).map(({ status }) => status))
      .toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    const repeated = (await deliveries(api, id)).find((each) => each.id === refused.id);
    expect(repeated).toMatchObject({ attempts: 2, response: 204 });
  });
});

describe('a server killed at once', () => {
  it('sends after its restart what it had not sent, and what had not ended, with the same ids', {
    timeout: 120_000,
  }, async () => {
    const receiver = await startReceiver();
    const folders = { MODELS_DIR: await modelsFolder(), DATA_DIR: await scratchFolder() };
    const first = await startServerProcess({ ...environment, ...folders });
    onTestFinished(async () => void (await first.stop('SIGKILL')));
    const { id, secret } = await create(first, receiver.url);
    receiver.answer(500);
    const done = await adapt(first, 'done');
    const refused = await receiver.first(({ data }) => data.adaptation === done.id);
    await expect.poll(async () => (await deliveries(first, id))[0]?.response).toBe(500);
    const running = await adapt(first, 'running', { ...steps, settings: { steps: 20_000, rate: 1e-6 } });

    await first.stop('SIGKILL');
    const second = await serve({ ...environment, ...folders });
    receiver.answer(204);
    const taken = await receiver.first((each) => each.id === refused.id && each.status === 204);
    const ended = await receiver.first(({ data }) => data.adaptation === running.id);
    expect([taken.isSignedBy(secret), ended.isSignedBy(secret)]).toEqual([true, true]);
    expect([taken.data, ended.type]).toEqual([refused.data, 'adaptation.succeeded']);
    await expect
      .poll(async () => (await deliveries(second, id)).map(({ status }) => status))
      .toEqual(['succeeded', 'succeeded']);
  });
});

describeWithRedis('several processes over Redis', () => {
  it('send each message once', async () => {
    const receiver = await startReceiver();
    const redis = await startRedis();
    onTestFinished(() => redis[Symbol.asyncDispose]());
    const shared = { ...environment, REDIS_URL: redis.url };
    const apis = [await serve({ ...shared, ROLE: 'api' }), await serve({ ...shared, ROLE: 'api' })];
    await serve({ ...shared, ROLE: 'worker' });
    await serve({ ...shared, ROLE: 'worker' });
    const [api = expect.fail()] = apis;
    const webhook = await create(api, receiver.url);
    const tasks = Array.from({ length: 20 }, (_, n) => `many-${n}`);
    const accepted = await Promise.all(tasks.map((task, n) => adapt(apis[n % 2] ?? api, task)));
    for (const { id } of accepted) await receiver.first(({ data }) => data.adaptation === id);
    await expect
      .poll(async () => (await deliveries(api, webhook.id)).map(({ status }) => status))
      .toEqual(tasks.map(() => 'succeeded'));
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(20);
    // On a busy machine an attempt may time out, and a second one is made. No message is sent without an attempt of its own.
    const sent = await deliveries(api, webhook.id);
    for (const { id, attempts } of sent)
      expect(receiver.received.filter((each) => each.id === id).length).toBeLessThanOrEqual(attempts);
  });
});

import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRandom } from '../../../src/training/random.ts';
import { eventually } from '../../support/eventually.ts';
import { modelsFolder } from '../../support/files/models-folder.ts';
import { tinyPackages } from '../../support/packages.ts';
import { describeWithRedis } from '../../support/redis/redis.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { post } from '../../support/servers/post.ts';
import { type ServerProcess, startServerProcess } from '../../support/servers/server-process.ts';
import { startReceiver, type WebhookReceiver } from '../../support/webhooks/receiver.ts';
import { startCluster } from '../support/cluster.ts';
import { KILLS, workloadOf } from '../support/workloads.ts';

const environment = {
  WEBHOOK_NETWORKS: '127.0.0.0/8',
  WEBHOOK_KEY: randomBytes(32).toString('base64'),
  WEBHOOK_RETRY_SECONDS: '1,1,1,1,1,1,1,1',
};
/** Adaptations that are asked for between two kills. */
const PER_ROUND = 15;
const TIMEOUT = { timeout: 600_000 };
/** Longer than the lease of a message whose process died. */
const PATIENCE = { timeout: 90_000, interval: 100 };

type Random = ReturnType<typeof createRandom>;

interface Accepted {
  readonly task: string;
  readonly id: string;
}

async function createWebhook(address: string, url: string): Promise<string> {
  const events = ['adaptation.succeeded', 'adaptation.failed', 'adaptation.cancelled'];
  const answer = await post({ address }, '/webhooks', { url, events });
  return ((await answer.json()) as { secret: string }).secret;
}

/** Adapts until the server dies. Some runs end at once, and some run longer than the process lives. */
async function pour(address: string, round: number, random: Random, accepted: Accepted[]): Promise<void> {
  try {
    for (let i = 0; i < PER_ROUND; i++) {
      const task = `task-${round}-${i}`;
      const steps = [0, 1, 100, 3000][random.integer(4)] ?? 0;
      const answer = await post({ address }, `/tasks/${task}/adapt`, workloadOf(task).body(task, steps));
      accepted.push({ task, id: ((await answer.json()) as { id: string }).id });
    }
  } catch (error) {
    expect((error as Error).message).toMatch(/^(fetch failed|terminated)$/);
  }
}

/** Waits until some more are accepted, and a moment. */
async function anyMoment(accepted: readonly Accepted[], random: Random): Promise<void> {
  const enough = accepted.length + 1 + random.integer(PER_ROUND - 2);
  await eventually(() => expect(accepted.length).toBeGreaterThanOrEqual(enough), {
    timeout: 60_000,
    interval: 1,
  });
  await wait(random.integer(100));
}

/** Each adaptation has a message, with the end that its record has. */
async function expectTold(
  address: string,
  accepted: readonly Accepted[],
  receiver: WebhookReceiver,
  secret: string,
) {
  const told = () => new Set(receiver.received.map(({ data }) => data.adaptation));
  const missing = () => accepted.filter(({ id }) => !told().has(id));
  await eventually(() => expect(missing()).toEqual([]), PATIENCE);
  for (const { task, id } of accepted) {
    const record = (await (await fetch(`${address}/tasks/${task}/adaptations/${id}`)).json()) as object;
    const messages = receiver.received.filter(({ data }) => data.adaptation === id);
    const { status, endedAt } = record as { status: string; endedAt: string };
    for (const each of messages)
      expect(each).toMatchObject({ type: `adaptation.${status}`, data: { endedAt } });
    expect(new Set(messages.map((each) => each.id)).size).toBe(1);
  }
  expect(receiver.received.every(({ isSignedBy }) => isSignedBy(secret))).toBe(true);
  const again = receiver.received.length - told().size;
  console.log(
    `${KILLS} kills: ${accepted.length} ends, each with a message; ${again} messages arrived again`,
  );
}

describe('a server killed at any moment', () => {
  it(`tells of each end, and of no other, over ${KILLS} kills`, TIMEOUT, async () => {
    const random = createRandom(31);
    const receiver = await startReceiver();
    const models = await modelsFolder([tinyPackages.prototypes(), tinyPackages.gradients()]);
    onTestFinished(() => rm(models, { recursive: true }));
    const folders = { MODELS_DIR: models, DATA_DIR: await scratchFolder() };
    let server: ServerProcess | undefined;
    const start = async () => {
      server = await startServerProcess({ ...environment, ...folders });
      return server;
    };
    onTestFinished(async () => void (await server?.stop('SIGKILL')));
    const accepted: Accepted[] = [];
    let secret = '';
    for (let round = 0; round < KILLS; round++) {
      const victim = await start();
      secret ||= await createWebhook(victim.address, receiver.url);
      const poured = pour(victim.address, round, random, accepted);
      await anyMoment(accepted, random);
      expect(await victim.stop('SIGKILL')).toBeNull();
      await poured;
    }
    const { address } = await start();
    await expectTold(address, accepted, receiver, secret);
  });
});

describeWithRedis('api and worker processes killed at any moment', () => {
  it(`tell of each end, and of no other, over ${KILLS} kills`, TIMEOUT, async () => {
    const random = createRandom(32);
    const receiver = await startReceiver();
    const cluster = await startCluster({ ...environment, QUEUE_LOCK_MS: '1000' });
    const [stays] = await Promise.all([cluster.start('api'), cluster.start('worker')]);
    const secret = await createWebhook(stays.address, receiver.url);
    const accepted: Accepted[] = [];
    for (let round = 0; round < KILLS; round++) {
      const victims = await Promise.all([cluster.start('api'), cluster.start('worker')]);
      const poured = pour(stays.address, round, random, accepted);
      await anyMoment(accepted, random);
      for (const each of victims) expect(await each.stop('SIGKILL')).toBeNull();
      await poured;
    }
    expect(accepted).toHaveLength(PER_ROUND * KILLS);
    await expectTold(stays.address, accepted, receiver, secret);
  });
});

import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openKeys } from '../../../src/main/server/keys.ts';
import { createRandom } from '../../../src/training/random.ts';
import { modelsFolder } from '../../support/files/models-folder.ts';
import { tinyPackages } from '../../support/packages.ts';
import { describeWithRedis } from '../../support/redis/redis.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type ServerProcess, startServerProcess } from '../../support/servers/server-process.ts';
import { startReceiver } from '../../support/webhooks/receiver.ts';
import { startCluster } from '../support/cluster.ts';
import { all, expectLearnt, expectTold } from '../support/teaching/expect-learnt.ts';
import { persistentClient } from '../support/teaching/persistent.ts';
import { mislead, startTeacher } from '../support/teaching/teacher.ts';
import { KILLS } from '../support/workloads.ts';

const settings = {
  WEBHOOK_NETWORKS: '127.0.0.0/8',
  WEBHOOK_KEY: randomBytes(32).toString('base64'),
  WEBHOOK_RETRY_SECONDS: '1,1,1,1,1,1,1,1',
  RATE_LIMIT: '0',
};
const TENANTS = ['acme', 'bert'] as const;
const MODELS = ['tiny-prototypes', 'tiny-gradients'] as const;
/** A task can have 100 examples, so each teacher teaches for some kills only. */
const KILLS_PER_LESSON = 5;
const TIMEOUT = { timeout: 1_200_000 };

type Random = ReturnType<typeof createRandom>;

/** Processes that share their data. */
interface Processes {
  readonly environment: Readonly<Record<string, string>>;
  /** Of those that answer now. */
  addresses(): readonly string[];
  start(): Promise<void>;
  /** Kills one of them, and starts another one in its place. */
  killOne(random: Random): Promise<void>;
}

async function embedded(): Promise<Processes> {
  const models = await modelsFolder([tinyPackages.prototypes(), tinyPackages.gradients()]);
  const environment = { ...settings, MODELS_DIR: models, DATA_DIR: await scratchFolder() };
  let server: ServerProcess | undefined;
  onTestFinished(async () => {
    await server?.stop('SIGKILL');
    await rm(models, { recursive: true });
  });
  const start = async () => {
    server = await startServerProcess(environment);
  };
  return {
    environment,
    addresses: () => (server ? [server.address] : []),
    start,
    async killOne() {
      const victim = server;
      server = undefined;
      expect(await victim?.stop('SIGKILL')).toBeNull();
      await start();
    },
  };
}

async function distributed(): Promise<Processes> {
  const cluster = await startCluster({ ...settings, QUEUE_LOCK_MS: '1000' });
  const roles = ['api', 'api', 'worker', 'worker'] as const;
  const processes: (ServerProcess | null)[] = [];
  return {
    environment: cluster.environment,
    addresses: () => processes.flatMap((each, i) => (each && roles[i] === 'api' ? [each.address] : [])),
    async start() {
      processes.push(...(await Promise.all(roles.map((role) => cluster.start(role)))));
    },
    async killOne(random) {
      const i = random.integer(roles.length);
      const victim = processes[i];
      processes[i] = null;
      expect(await victim?.stop('SIGKILL')).toBeNull();
      processes[i] = await cluster.start(roles[i] ?? 'api');
    },
  };
}

async function expectAllLearnt(processes: Processes, seed: number): Promise<void> {
  const random = createRandom(seed);
  const keys = await openKeys(processes.environment, { now: () => new Date() });
  const tokens = await Promise.all(TENANTS.map(async (tenant) => (await keys.keys.issue(tenant)).token));
  await keys[Symbol.asyncDispose]();
  await processes.start();
  const receivers = await Promise.all(TENANTS.map(() => startReceiver()));
  let answers = 0;
  const answered = () => answers;
  const onAnswer = () => {
    answers++;
  };
  const tenants = TENANTS.map((name, i) => ({
    name,
    call: persistentClient(processes.addresses, tokens[i] ?? '', onAnswer),
    received: receivers[i]?.received ?? [],
    held: [] as { readonly task: string; readonly id: string }[],
  }));
  const events = ['adaptation.succeeded', 'adaptation.failed', 'adaptation.cancelled', 'feedback.gate_held'];
  for (const [i, { call }] of tenants.entries()) {
    const made = await call('POST', '/webhooks', { url: receivers[i]?.url, events });
    expect(made.status).toBe(201);
  }

  const teachers: {
    call: (typeof tenants)[number]['call'];
    teacher: Awaited<ReturnType<typeof startTeacher>>;
  }[] = [];
  let acts = 0;
  for (let done = 0; done < KILLS; done += KILLS_PER_LESSON) {
    let isOver = false;
    const lessons = tenants.flatMap(({ name, call, held }) => [
      ...MODELS.map(async (model) => {
        const teacher = await startTeacher(call, `${name}-${model}-${done}`, model);
        teachers.push({ call, teacher });
        for (let n = 0; n < 60 && !isOver; n++, acts++) await teacher.act(random);
        await teacher.end();
      }),
      (async () => {
        const task = `${name}-misled-${done}`;
        held.push({ task, id: await mislead(call, task) });
      })(),
    ]);
    const taught = Promise.all(lessons);
    // Awaited below. Until then, a failure must not end the process.
    taught.catch(() => undefined);
    for (let kill = done; kill < Math.min(KILLS, done + KILLS_PER_LESSON); kill++) {
      // A slow machine answers fewer calls in this time.
      const enough = answered() + 1 + random.integer(60);
      for (let ms = 0; ms < 20_000 && answered() < enough; ms += 5) await wait(5);
      await wait(random.integer(100));
      await processes.killOne(random);
    }
    isOver = true;
    await taught;
  }

  for (const { call, teacher } of teachers) await expectLearnt(call, teacher.lesson);
  for (const { name, call, received, held } of tenants) {
    const tasks = await all(call, '/tasks');
    expect(tasks.filter(({ id }) => !id.startsWith(`${name}-`))).toEqual([]);
    for (const { task, id } of held) {
      const ended = async () => (await call('GET', `/tasks/${task}/adaptations/${id}`)).body;
      await expect.poll(ended, { timeout: 60_000 }).toMatchObject({ gate: { decision: 'held' } });
    }
    console.log(name, await expectTold(call, received), `of ${acts} acts of all, over ${KILLS} kills`);
    const other = tenants.find((each) => each.name !== name);
    expect((await other?.call('GET', `/tasks/${tasks[0]?.id}`))?.status).toBe(404);
  }
}

describe('a server killed at any moment', () => {
  it(`learns from each feedback once, and tells of each end, over ${KILLS} kills`, TIMEOUT, async () => {
    await expectAllLearnt(await embedded(), 41);
  });
});

describeWithRedis('api and worker processes killed at any moment', () => {
  it(`learn from each feedback once, and tell of each end, over ${KILLS} kills`, TIMEOUT, async () => {
    await expectAllLearnt(await distributed(), 42);
  });
});

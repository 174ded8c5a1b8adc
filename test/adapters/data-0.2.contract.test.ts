import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createLmdbTaskStore } from '../../src/adapters/lmdb/tasks/task-store.ts';
import { connect } from '../../src/adapters/redis/connection.ts';
import { createRedisTaskStore } from '../../src/adapters/redis/tasks/task-store.ts';
import { readPackages } from '../../src/package/read.ts';
import type { TaskStore } from '../../src/ports/stores/task-store.ts';
import type { Prediction } from '../../src/service/service.ts';
import { plenty } from '../support/examples.ts';
import { createMemoryRunner } from '../support/memory/program-runner.ts';
import { describeWithRedis, startRedis, type TestRedis } from '../support/redis/redis.ts';
import { scratchFolder } from '../support/scratch.ts';
import { corners, labelled, openService, settle, tickingClock } from '../support/service.ts';

type Value = readonly string[] | Readonly<Record<string, string>>;

/** See `make.mjs` beside the file. All bytes are in base64. */
interface Data {
  readonly files: Readonly<Record<string, string>>;
  readonly redis: readonly { readonly key: string; readonly type: string; readonly value: Value }[];
  readonly expected: Readonly<
    Record<string, { inputs: readonly number[][]; adaptation: string; predictions: readonly Prediction[] }>
  >;
}

const file = fileURLToPath(new URL('../fixtures/data-0.2/data.json.gz', import.meta.url));
const data: Data = JSON.parse(gunzipSync(await readFile(file)).toString());

async function unpack(): Promise<string> {
  const folder = await scratchFolder();
  for (const [name, text] of Object.entries(data.files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), Buffer.from(text, 'base64'));
  }
  return folder;
}

async function seed(redis: Redis): Promise<void> {
  await redis.flushall();
  for (const { key, type, value } of data.redis) {
    if (type === 'set') await redis.sadd(key, ...(value as string[]));
    if (type === 'zset') {
      const members = value as string[];
      for (let i = 0; i < members.length; i += 2)
        await redis.zadd(key, Number(members[i + 1]), members[i] as string);
    }
    if (type !== 'hash') continue;
    for (const [field, bytes] of Object.entries(value))
      await redis.hset(key, field, Buffer.from(bytes, 'base64'));
  }
}

/** The data of version 0.2.0 in a store of this version. */
function describeData02(open: (folder: string) => Promise<TaskStore>): void {
  const start = async () => {
    const folder = await unpack();
    const packages = await readPackages(join(folder, 'models'));
    const runner = createMemoryRunner();
    onTestFinished(() => runner[Symbol.asyncDispose]());
    for (const each of packages) await runner.load(each);
    const store = await open(folder);
    const keyed = await store.adaptation('default', 'keyed', data.expected.keyed?.adaptation ?? '');
    // An hour later: idempotency keys are kept for a day.
    const clock = tickingClock(Date.parse(keyed?.createdAt ?? '') + 3_600_000);
    const opened = openService(runner, packages, { store, clock });
    onTestFinished(() => opened[Symbol.asyncDispose]());
    return opened;
  };

  it('answers as before, from states that are computed again', async () => {
    const { service } = await start();
    for (const [task, { inputs, adaptation, predictions }] of Object.entries(data.expected)) {
      const raw = inputs.map((value) => ({ kind: 'json', value }) as const);
      const answer = await service.predict('default', task, raw);
      expect(answer.adaptation).toBe(adaptation);
      expect(flat(answer.predictions)).toEqual(flat(predictions).map((each) => expect.closeTo(each, 5)));
    }
  });

  it('shows tasks and adaptations with all members', async () => {
    const { service } = await start();
    const { data: tasks } = await service.tasks('default', { limit: 9 });
    expect(tasks.map(({ id, packageUpdates }) => [id, packageUpdates])).toEqual(
      ['corners', 'keyed', 'unfinished', 'wave'].map((id) => [id, 'pin']),
    );
    const { data: records } = await service.adaptations('default', 'corners', { limit: 9 });
    expect(records).toMatchObject([
      { status: 'succeeded', support: { examples: 5 }, warnings: [], columns: null, selection: null },
      { status: 'succeeded', support: { examples: 4 }, warnings: [], columns: null, selection: null },
    ]);
  });

  it('appends to a support set of 0.2, and answers all of its labels', async () => {
    const { service, store } = await start();
    service.processAdaptations();
    const more = { support: labelled(['left', -2, 0]), mode: 'append' } as const;
    const ended = await settle(service, await service.adapt('default', 'corners', more));
    expect(ended).toMatchObject({
      status: 'succeeded',
      support: { labels: { low: 2, high: 2, far: 1, left: 1 } },
    });
    const support = await store.supportSet('default', 'corners', ended.support.digest);
    expect(support?.inputs).toBeUndefined();
    expect(
      (await store.contents('default', support?.examples.map(({ content }) => content) ?? [])).size,
    ).toBe(6);
    const { predictions } = await service.predict('default', 'corners', [{ kind: 'json', value: [-2, 0] }]);
    expect(predictions[0]?.label).toBe('left');
  });

  it('relabels, erases and downloads examples of 0.2', async () => {
    const { service, store } = await start();
    service.processAdaptations();
    const list = async () => (await service.examples('default', 'corners', { limit: 9 }, {})).data;
    const [first, second] = await list();
    expect(await service.relabel('default', 'corners', first?.id ?? '', { label: 'left' })).toMatchObject({
      label: 'left',
      size: 8,
    });
    const { content } = await service.exampleContent('default', 'corners', second?.id ?? '');
    expect(content.bytes).toHaveLength(8);
    const erasure = await service.erase('default', 'corners', { id: second?.id });
    expect(erasure.adaptations.length).toBeGreaterThan(0);
    const ended = await settle(service, await service.readapt('default', 'corners'));
    expect(ended).toMatchObject({ status: 'succeeded', support: { examples: 4 } });
    const { examples, contents } = await service.examplesToDownload('default', 'corners');
    const found = [];
    for await (const each of contents()) found.push(each.example.id);
    expect(found).toEqual(examples.map(({ id }) => id));
    expect(found).toHaveLength(4);
    for (const task of ['corners', 'keyed', 'unfinished', 'wave']) await service.deleteTask('default', task);
    expect(await store.usage('default')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
  });

  it('answers a repeated request with its adaptation, and refuses other content under its key', async () => {
    const { service } = await start();
    const repeated = { ...corners, idempotencyKey: 'first' };
    const { id } = await service.adapt('default', 'keyed', repeated);
    expect(id).toBe(data.expected.keyed?.adaptation);
    const other = { ...repeated, support: labelled(['low', 0, 0], ['high', 1, 1]) };
    const refused = service.adapt('default', 'keyed', other);
    await expect(refused).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('finishes what 0.2 left unfinished', async () => {
    const { service, store } = await start();
    const [ref] = await store.unfinished();
    expect(ref).toMatchObject({ task: 'unfinished' });
    service.processAdaptations();
    await service.resubmitUnfinished();
    const record = await service.adaptation('default', 'unfinished', ref?.id ?? '');
    // It has 20,000 steps: on busy cores they take longer than `settle` waits.
    const ended = await service.waitUntilEnded(record, AbortSignal.timeout(80_000));
    expect(ended).toMatchObject({ status: 'succeeded' });
  });

  it('deletes everything with its tasks', async () => {
    const { service, store } = await start();
    for (const task of ['corners', 'keyed', 'unfinished', 'wave']) await service.deleteTask('default', task);
    expect(await store.usage('default')).toEqual({ tasks: 0, examples: 0, bytes: 0, queued: 0 });
    expect(await store.unfinished()).toEqual([]);
  });
}

function flat(predictions: readonly Prediction[]): readonly number[] {
  return predictions.flatMap(({ value, probabilities }) =>
    probabilities ? Object.values(probabilities) : ((value as number[] | undefined) ?? []),
  );
}

describe('data of 0.2 in LMDB', () => {
  describeData02(async (folder) =>
    createLmdbTaskStore({ path: join(folder, 'data', 'tasks'), quota: plenty }),
  );
});

describeWithRedis('data of 0.2 in Redis', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis();
    redis = connect(server.url, () => undefined);
    await new Promise((resolve) => redis.once('ready', resolve));
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });
  describeData02(async () => {
    await seed(redis);
    return createRedisTaskStore({ redis, quota: plenty });
  });
});

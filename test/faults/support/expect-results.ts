import { expect } from 'vitest';
import { STATES } from '../../../src/adapters/bullmq/key-names.ts';
import { createRedisStateCache } from '../../../src/adapters/redis/state-cache.ts';
import { createRedisTaskStore } from '../../../src/adapters/redis/tasks/task-store.ts';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import { hasEnded } from '../../../src/domain/adaptation.ts';
import { stateKey } from '../../../src/service/state-key.ts';
import { eventually } from '../../support/eventually.ts';
import { post } from '../../support/servers/post.ts';
import type { Cluster } from './cluster.ts';
import { workloadOf } from './workloads.ts';

/** An adaptation that the service has accepted, as its client knows it. */
export interface Accepted {
  readonly task: string;
  readonly id: string;
  readonly steps: number;
}

const TENANT = 'default';
const GIVEN_UP = /^Given up after 3 attempts/;
const unlimited = { tasks: 1e9, examples: 1e9, bytes: 1e12, queued: 1e9 };

/** The store that all processes of the cluster share. */
export function storeOf({ redis }: Cluster) {
  return createRedisTaskStore({ redis, quota: unlimited });
}

/**
 * Waits until all adaptations have ended. Then asserts that each accepted adaptation is stored once, and nothing else is;
 * that each has one complete result, which answers at `address`; and that the queue is empty. Returns the records.
 */
export async function expectResults(
  cluster: Cluster,
  address: string,
  accepted: readonly Accepted[],
): Promise<readonly Adaptation[]> {
  const store = storeOf(cluster);
  const noneOpen = async () => expect(await store.unfinished()).toEqual([]);
  await eventually(noneOpen, { timeout: 90_000, interval: 100 });
  expect(new Set(accepted.map(({ task }) => task)).size, 'each task was accepted once').toBe(accepted.length);
  expect(await store.usage(TENANT)).toMatchObject({ tasks: accepted.length, queued: 0 });

  const records = [];
  for (const { task, id, steps } of accepted) {
    const { data } = await store.adaptations(TENANT, task, { limit: 10 });
    const [record] = data;
    expect(data, `${task} has one adaptation`).toHaveLength(1);
    if (!record) throw new Error('Expected a record');
    expect(record).toMatchObject({ id, sequence: 1, settings: { steps } });
    expect(hasEnded(record.status)).toBe(true);
    const succeeded = record.status === 'succeeded';
    expect(await store.task(TENANT, task)).toMatchObject({ submitted: 1, current: succeeded ? id : null });
    if (succeeded) {
      expect(record.losses, `${task} has a loss per step`).toHaveLength(steps);
      expect(record.error).toBeNull();
      await expectPrediction(address, { task, id });
    } else {
      expect(record).toMatchObject({ status: 'failed', error: { message: expect.stringMatching(GIVEN_UP) } });
    }
    records.push(record);
  }
  const noneQueued = async () => expect(await cluster.redis.hlen(STATES)).toBe(0);
  await eventually(noneQueued, { timeout: 30_000, interval: 100 });
  return records;
}

/** The number of states that are computed again. */
const SAMPLE = 24;

/**
 * Loses the states of some adaptations that have succeeded. Asserts that a new process computes them again, equal to the
 * bit.
 */
export async function expectEqualStates(cluster: Cluster, records: readonly Adaptation[]): Promise<void> {
  const cache = createRedisStateCache({ redis: cluster.redis, ttlSeconds: 600 });
  const succeeded = records.filter(({ status }) => status === 'succeeded');
  const every = Math.ceil(succeeded.length / SAMPLE);
  const { address } = await cluster.start('api');
  for (const record of succeeded.filter((_, i) => i % every === 0)) {
    const key = stateKey(record);
    const state = await cache.get(key);
    expect(state, `${record.task} has a state`).not.toBeNull();
    await cache.delete(key);
    await expectPrediction(address, record);
    expect(await cache.get(key), `the state of ${record.task}, computed again`).toEqual(state);
  }
}

/** Asserts that the task answers with this adaptation, and answers correctly. */
export async function expectPrediction(
  address: string,
  { task, id }: Pick<Accepted, 'task' | 'id'>,
): Promise<void> {
  const { inputs } = workloadOf(task);
  // Processes that have just started on a busy machine may answer 503 at first.
  const answer = await post({ address }, `/tasks/${task}/predict`, { inputs: inputs(task) });
  expect(answer.status, `${task} predicts`).toBe(200);
  expect(await answer.json()).toMatchObject({ task, adaptation: id, predictions: [{ label: 'left' }] });
}

import { expect, vi } from 'vitest';
import { STATES } from '../../../src/adapters/bullmq/keys.ts';
import { createRedisTaskStore } from '../../../src/adapters/redis/task-store.ts';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import { hasEnded } from '../../../src/domain/adaptation.ts';
import { post } from '../../support/servers/server-process.ts';
import type { Cluster } from './cluster.ts';

/** What a client was told: the task has this adaptation, of so many steps. */
export interface Told {
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
 * Waits until all has ended, and asserts that what was told is there once, and nothing else; that each has one whole
 * result, which answers at `address`; and that nothing is left in the queue. Answers the records.
 */
export async function expectKept(
  cluster: Cluster,
  address: string,
  told: readonly Told[],
): Promise<readonly Adaptation[]> {
  const store = storeOf(cluster);
  const noneOpen = async () => expect(await store.unfinished()).toEqual([]);
  await vi.waitFor(noneOpen, { timeout: 90_000, interval: 100 });
  expect(new Set(told.map(({ task }) => task)).size, 'each was told once').toBe(told.length);
  expect(await store.usage(TENANT)).toMatchObject({ tasks: told.length, queued: 0 });

  const records = [];
  for (const { task, id, steps } of told) {
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
  await vi.waitFor(noneQueued, { timeout: 30_000, interval: 100 });
  return records;
}

/** The task answers, by this adaptation, as its support set says. */
export async function expectPrediction(
  address: string,
  { task, id }: Pick<Told, 'task' | 'id'>,
): Promise<void> {
  const answer = await post(`${address}/tasks/${task}/predict`, { inputs: [[-1, 0]] });
  expect(answer.status, `${task} predicts`).toBe(200);
  expect(await answer.json()).toMatchObject({ task, adaptation: id, predictions: [{ label: 'left' }] });
}

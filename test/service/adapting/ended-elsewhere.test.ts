import { describe, expect, it } from 'vitest';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';
import { tensor } from '../../../src/tensor.ts';
import { deferred } from '../../support/deferred.ts';
import { plenty } from '../../support/examples.ts';
import { createMemoryTaskStore } from '../../support/memory/task-store.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, openService, settle } from '../../support/service.ts';

/** A runner whose adaptations call `adapt`. */
const runnerWith = (adapt: ProgramRunner['adapt']): ProgramRunner => ({
  executionProvider: 'cpu',
  load: async () => undefined,
  adapt,
  splits: () => Promise.reject(new Error('Expected no splits')),
  predict: () => Promise.reject(new Error('Expected no prediction')),
  forget: async () => undefined,
  isResident: () => false,
  [Symbol.asyncDispose]: async () => undefined,
});
const computes = runnerWith(async () => ({ w: tensor([1], [0]) }));

/** Runs one adaptation. The store calls `before` each time a run reads its support set. */
async function run(
  before: (store: TaskStore, id: string) => Promise<unknown>,
  runner: (store: TaskStore) => ProgramRunner = () => computes,
) {
  const memory = createMemoryTaskStore({ quota: plenty });
  const read = deferred();
  const ended: Adaptation[] = [];
  let accepted: Adaptation | undefined;
  const store: TaskStore = {
    ...memory,
    async supportSet(...args) {
      await before(memory, accepted?.id ?? '');
      const found = await memory.supportSet(...args);
      read.resolve();
      return found;
    },
  };
  const options = { store, onEnded: (each: Adaptation) => void ended.push(each) };
  await using opened = openService(runner(memory), [tinyPackages.gradients()], options);
  accepted = await opened.service.adapt('acme', 'signs', corners);
  opened.service.processAdaptations();
  await read.promise;
  await settle(opened.service, accepted).catch(() => undefined);
  await opened.queue.drain();
  return { errors: opened.errors, ended: ended.map(({ status }) => status) };
}

/** Changes the store like another process: the queue of this process gets no message. */
const deleteTask = (store: TaskStore) => store.deleteTask('acme', 'signs');
const cancel = (store: TaskStore, id: string) =>
  store.update('acme', 'signs', id, (each) => ({ ...each, status: 'cancelled', endedAt: each.createdAt }));

describe('a run of an adaptation that another process ends', () => {
  it.each([
    ['deletes before it reads its support set', deleteTask],
    ['cancels before it reads its support set', cancel],
  ])('logs no error when that process %s', async (_, end) => {
    expect(await run(end)).toEqual({ errors: [], ended: [] });
  });

  it.each([
    ['the programs fail', new Error('no such file')],
    ['the thread stops', new InnerloopError('unavailable', 'stopped', { retryAfterSeconds: 1 })],
  ])('logs no error when the task is deleted while it computes, and then %s', async (_, error) => {
    const failing = (store: TaskStore) =>
      runnerWith(async () => {
        await deleteTask(store);
        throw error;
      });
    expect(await run(async () => undefined, failing)).toEqual({ errors: [], ended: [] });
  });
});

describe('a run that fails by itself', () => {
  it('logs that its support set is missing when the task is still there', async () => {
    const memory = createMemoryTaskStore({ quota: plenty });
    const store: TaskStore = { ...memory, supportSet: async () => null };
    await using opened = openService(computes, [tinyPackages.gradients()], { store });
    const accepted = await opened.service.adapt('acme', 'signs', corners);
    opened.service.processAdaptations();
    const message = 'The support set is missing: submit it again';
    const error = { code: 'adaptation_failed', message };
    expect(await settle(opened.service, accepted)).toMatchObject({ status: 'failed', error });
    expect(opened.errors).toEqual([expect.objectContaining(error)]);
  });
});

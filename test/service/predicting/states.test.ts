import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { AdaptRun, ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';
import { createService } from '../../../src/service/create-service.ts';
import type { AdaptRequest, Service } from '../../../src/service/service.ts';
import { tensor } from '../../../src/tensor.ts';
import { plenty } from '../../support/examples.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { createMemoryTaskStore } from '../../support/memory/task-store.ts';
import { tinyPackages } from '../../support/packages.ts';
import { runnerOf } from '../../support/runner-of.ts';
import { corners, kept, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.gradients(), tinyPackages.prototypes()];
const points = (...values: readonly unknown[]) => values.map((value) => ({ kind: 'json', value }) as const);

describe('predicting', () => {
  const runner = loadedRunner(packages);
  let runs: AdaptRun[];
  let opened: TestService;
  let service: Service;
  beforeEach(async () => {
    runs = [];
    opened = openService(noting(runner), packages);
    service = opened.service;
    onTestFinished(() => opened[Symbol.asyncDispose]());
    service.processAdaptations();
    await service.resubmitUnfinished();
  });

  /** A runner that records its adaptations. */
  const noting = (inner: ProgramRunner): ProgramRunner => ({
    ...runnerOf(inner),
    adapt: (run) => {
      runs.push(run);
      return inner.adapt(run);
    },
  });
  const adapted = async (request: AdaptRequest = corners): Promise<Adaptation> =>
    settle(service, await service.adapt('acme', 'signs', request));
  const predict = (...values: readonly unknown[]) => service.predict('acme', 'signs', points(...values));
  const residency = async () => (await service.task('acme', 'signs')).residency;

  it('answers task_not_found when the task is deleted before its state is computed again', async () => {
    const { tenant, task, id } = await adapted();
    await Promise.all([runner.forget(`acme/${id}`), opened.cache.delete(`acme/${id}`)]);
    const { store } = opened;
    const interrupted = createService({
      ...opened,
      store: {
        ...store,
        async supportSet(...which) {
          await service.deleteTask(tenant, task);
          return store.supportSet(...which);
        },
      },
    });
    await expect(interrupted.predict(tenant, task, points([0, 0]))).rejects.toMatchObject({
      code: 'task_not_found',
    });
  });

  it('computes missing states one at a time per tenant, and those of different tenants concurrently', async () => {
    const owners = ['acme', 'acme', 'acme', 'other'] as const;
    for (const [i, tenant] of owners.entries()) {
      const { id } = await settle(service, await service.adapt(tenant, `lost-${i}`, corners));
      await Promise.all([runner.forget(`${tenant}/${id}`), opened.cache.delete(`${tenant}/${id}`)]);
    }
    const running: string[] = [];
    const seen: string[] = [];
    const watched = createService({
      ...opened,
      store: {
        ...opened.store,
        // Without a report, only a computation reads the support set.
        async current(tenant, task) {
          const found = await opened.store.current(tenant, task);
          return found && { ...found, adaptation: found.adaptation && { ...found.adaptation, report: null } };
        },
        async supportSet(tenant, task, digest) {
          running.push(tenant);
          seen.push([...running].sort().join('+'));
          // Computations of other tenants start in the meantime.
          await new Promise(setImmediate);
          running.splice(running.indexOf(tenant), 1);
          return opened.store.supportSet(tenant, task, digest);
        },
      },
    });
    await Promise.all(owners.map((tenant, i) => watched.predict(tenant, `lost-${i}`, points([0, 0.5]))));
    expect(seen).toHaveLength(owners.length);
    expect(new Set(seen)).toEqual(new Set(['acme', 'acme+other']));
  });

  it('serves from memory, from the cache, and from the support set, with the same bits', async () => {
    const { id } = await adapted();
    // The runner is shared by all tests here, and an equal request has an equal id.
    await runner.forget(`acme/${id}`);
    expect(await residency()).toBe('cache');
    const first = await predict([0, 0.5]);
    expect(await residency()).toBe('memory');
    await runner.forget(`acme/${id}`);
    const { predictions } = first;
    expect(await predict([0, 0.5])).toMatchObject({ predictions, timings: { tier: 'cache' } });
    expect(await predict([0, 0.5])).toMatchObject({
      predictions,
      timings: { tier: 'memory', cacheMs: expect.any(Number) },
    });
    expect(runs).toHaveLength(1);
    await runner.forget(`acme/${id}`);
    await opened.cache.delete(`acme/${id}`);
    expect(await residency()).toBe('recompute');
    expect(await predict([0, 0.5])).toMatchObject({ predictions, timings: { tier: 'recomputed' } });
    expect(runs).toHaveLength(2);
  });

  it('computes a missing state once for many concurrent predictions', async () => {
    const { id } = await adapted();
    const alone = await predict([0, 0.5]);
    await runner.forget(`acme/${id}`);
    await opened.cache.delete(`acme/${id}`);
    const answers = await Promise.all(Array.from({ length: 20 }, () => predict([0, 0.5])));
    expect(runs).toHaveLength(2);
    for (const { predictions } of answers) {
      expect(predictions[0]?.probabilities?.low).toBeCloseTo(
        alone.predictions[0]?.probabilities?.low ?? 0,
        5,
      );
    }
  });

  it('computes a missing state without waiting for a running adaptation', async () => {
    const { id } = await adapted();
    const long = await service.adapt('acme', 'signs', { ...corners, settings: { steps: 100_000 } });
    await runner.forget(`acme/${id}`);
    await opened.cache.delete(`acme/${id}`);
    expect((await predict([0, 0.5])).adaptation).toBe(id);
    expect((await service.cancel('acme', 'signs', long.id)).status).toBe('cancelled');
  });

  it('serves a task of an earlier process', async () => {
    await adapted();
    const { timings: _, ...before } = await predict([0, 0.5]);
    await opened[Symbol.asyncDispose]();
    await using reopened = openService(runner, packages, kept(opened));
    expect(await reopened.service.predict('acme', 'signs', points([0, 0.5]))).toMatchObject(before);
    opened = reopened;
  });

  it('works when the cache fails', async () => {
    const broken = () => Promise.reject(new Error('the disk is full'));
    const cache = {
      tier: 'broken',
      get: broken,
      put: broken,
      has: broken,
      delete: broken,
      deleteTenant: broken,
      [Symbol.asyncDispose]: async () => {},
    };
    await using without = openService(runner, packages, { cache });
    without.service.processAdaptations();
    await without.service.resubmitUnfinished();
    const request = { ...corners, settings: { seed: 5 } };
    const accepted = await without.service.adapt('acme', 'cacheless', request);
    expect((await settle(without.service, accepted)).status).toBe('succeeded');
    const { predictions } = await without.service.predict('acme', 'cacheless', points([0, 0]));
    expect(predictions).toHaveLength(1);
  });

  it('answers from memory while the store is unavailable, but not for a deleted task', async () => {
    const store = createMemoryTaskStore({ quota: { ...plenty, queued: 10 } });
    let isAway = false;
    const leaving: TaskStore = {
      ...store,
      current: (tenant, task) =>
        isAway ? Promise.reject(new InnerloopError('unavailable', 'away')) : store.current(tenant, task),
    };
    await using opened = openService(runner, packages, { store: leaving });
    opened.service.processAdaptations();
    for (const task of ['kept', 'deleted']) {
      await settle(opened.service, await opened.service.adapt('acme', task, corners));
      await opened.service.predict('acme', task, points([0, 0]));
    }
    await opened.service.deleteTask('acme', 'deleted');
    isAway = true;
    expect((await opened.service.predict('acme', 'kept', points([0, 0]))).predictions).toHaveLength(1);
    await expect(opened.service.predict('acme', 'deleted', points([0, 0]))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('answers with any named adaptation that has succeeded, even when its state must be computed again', async () => {
    const first = await adapted();
    const then = await predict([0, 0.5]);
    const second = await adapted({ ...corners, settings: { steps: 7 } });
    await runner.forget(`acme/${first.id}`);
    await opened.cache.delete(`acme/${first.id}`);
    const named = await service.adaptedModel('acme', 'signs', first.id);
    expect(named.adaptation).toBe(first.id);
    const { data } = await named.answer(tensor([1, 2], [0, 0.5]));
    expect([...data]).toEqual(Object.values(then.predictions[0]?.probabilities ?? {}));
    expect((await service.adaptedModel('acme', 'signs', second.id)).adaptation).toBe(second.id);
    expect((await service.adaptedModel('acme', 'signs')).adaptation).toBe(second.id);
  });
});

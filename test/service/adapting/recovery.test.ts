import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { TaskStore } from '../../../src/ports/stores/task-store.ts';
import type { AdaptRequest, Service } from '../../../src/service/service.ts';
import { deferred } from '../../support/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { createMemoryQueue } from '../../support/memory/adaptation-queue.ts';
import { tinyPackages } from '../../support/packages.ts';
import { runnerOf } from '../../support/runner-of.ts';
import { corners, kept, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.gradients()];

describe('the lifecycle of an adaptation', () => {
  const runner = loadedRunner(packages);
  let opened: TestService;
  let service: Service;
  beforeEach(() => {
    open();
  });

  function open(former?: TestService): void {
    const next = openService(runner, packages, former && kept(former));
    onTestFinished(() => next[Symbol.asyncDispose]());
    opened = next;
    service = next.service;
  }
  const adapt = (request: AdaptRequest = corners) => service.adapt('acme', 'signs', request);
  const follow = (record: Adaptation, after = 0, signal = AbortSignal.timeout(20_000)) =>
    service.events('acme', 'signs', record.id, after, signal);
  /** Resolves once the adaptation has taken a step. */
  const stepping = async (record: Adaptation) => {
    for await (const { type } of follow(record)) if (type === 'step') return;
  };

  it('runs the adaptations that an earlier process had accepted or was running, in order', async () => {
    service.processAdaptations();
    await service.resubmitUnfinished();
    const running = await adapt({ ...corners, settings: { steps: 2000 } });
    const waiting = await adapt();
    await stepping(running);
    await opened[Symbol.asyncDispose]();
    open(opened);
    // Queued again as if it had not started: an orderly shutdown does not count as an attempt.
    expect(await service.adaptation('acme', 'signs', running.id)).toMatchObject({
      status: 'queued',
      attempts: 0,
      startedAt: null,
      executionProvider: null,
      losses: [],
    });
    service.processAdaptations();
    await service.resubmitUnfinished();
    const ended = await settle(service, running);
    expect(ended.status).toBe('succeeded');
    expect(ended.losses).toHaveLength(2000);
    expect((await settle(service, waiting)).status).toBe('succeeded');
    expect((await service.task('acme', 'signs')).current).toBe(waiting.id);
    expect(opened.errors).toEqual([]);
  });

  describe('attempts', () => {
    const begunBefore = async (attempts: number) => {
      const accepted = await adapt();
      await opened.store.update('acme', 'signs', accepted.id, (each) => ({
        ...each,
        status: 'running',
        startedAt: '2026-01-01T00:00:00.000Z',
        losses: [1, 1],
        attempts,
      }));
      service.processAdaptations();
      await service.resubmitUnfinished();
      return settle(service, accepted);
    };

    it('counts attempts, and starts again from the beginning', async () => {
      const ended = await begunBefore(2);
      expect(ended).toMatchObject({ status: 'succeeded', attempts: 3, error: null });
      expect(ended.losses).toHaveLength(ended.settings.steps);
      expect(opened.errors).toEqual([]);
    });

    it('fails an adaptation after three attempts with the reason, and accepts the same request again', async () => {
      expect(await begunBefore(3)).toMatchObject({
        status: 'failed',
        error: { code: 'adaptation_failed', message: expect.stringMatching(/^Given up after 3 attempts/) },
        endedAt: expect.any(String),
      });
      expect((await settle(service, await adapt())).status).toBe('succeeded');
    });

    it('runs adaptations with an earlier attempt one at a time, beside new ones', async () => {
      const release = deferred();
      const begun: number[] = [];
      const holding: ProgramRunner = {
        ...runnerOf(runner),
        async adapt(run) {
          begun.push(run.steps);
          await release.promise;
          return runner.adapt(run);
        },
      };
      const queue = createMemoryQueue({ concurrency: 4, onError: () => undefined });
      const many = openService(holding, packages, { queue });
      onTestFinished(() => many[Symbol.asyncDispose]());
      const accepted: Adaptation[] = [];
      for (const steps of [1, 2, 3, 4]) {
        accepted.push(await many.service.adapt('acme', 'signs', { ...corners, settings: { steps } }));
      }
      for (const { id } of accepted.slice(0, 2)) {
        await many.store.update('acme', 'signs', id, (each) => ({ ...each, status: 'running', attempts: 1 }));
      }
      many.service.processAdaptations();
      await eventually(() => expect(begun).toHaveLength(3));
      expect(begun.toSorted()).toEqual([1, 3, 4]);
      release.resolve();
      const ended = await Promise.all(accepted.map((each) => settle(many.service, each)));
      expect(ended.map(({ attempts }) => attempts)).toEqual([2, 2, 1, 1]);
      expect(ended.every(({ status }) => status === 'succeeded')).toBe(true);
    });
  });

  it('waits for an unavailable store, and computes only once', async () => {
    const { store } = opened;
    let away = 0;
    const shaky: TaskStore = {
      ...store,
      update: (...given) => {
        away += 1;
        return away % 3 === 0
          ? store.update(...given)
          : Promise.reject(new InnerloopError('unavailable', 'away'));
      },
    };
    let runs = 0;
    const counting: ProgramRunner = {
      ...runnerOf(runner),
      adapt: (run) => {
        runs += 1;
        return runner.adapt(run);
      },
    };
    const waiting = openService(counting, packages, { store: shaky });
    onTestFinished(() => waiting[Symbol.asyncDispose]());
    waiting.service.processAdaptations();
    const ended = await settle(waiting.service, await waiting.service.adapt('acme', 'signs', corners));
    expect(ended).toMatchObject({ status: 'succeeded', attempts: 1 });
    expect(away).toBeGreaterThanOrEqual(6);
    expect(runs).toBe(1);
    expect(waiting.errors).toEqual([]);
  });

  it('keeps waiting if the store is unavailable after acceptance, and returns the latest known record', async () => {
    const { store } = opened;
    let isAway = false;
    let refused = 0;
    const away = <T>(work: () => Promise<T>): Promise<T> => {
      if (!isAway) return work();
      refused += 1;
      return Promise.reject(new InnerloopError('unavailable', 'away'));
    };
    const leaving: TaskStore = {
      ...store,
      task: (...given) => away(() => store.task(...given)),
      adaptation: (...given) => away(() => store.adaptation(...given)),
      update: (...given) => away(() => store.update(...given)),
    };
    const waiting = openService(runner, packages, { store: leaving });
    onTestFinished(() => waiting[Symbol.asyncDispose]());
    const accepted = await waiting.service.adapt('acme', 'signs', corners);
    isAway = true;
    expect(await waiting.service.waitUntilEnded(accepted, AbortSignal.timeout(100))).toEqual(accepted);
    const settled = settle(waiting.service, accepted);
    waiting.service.processAdaptations();
    // The store has refused both the run and the waiting request more than once.
    await eventually(() => expect(refused).toBeGreaterThan(4));
    isAway = false;
    expect((await settled).status).toBe('succeeded');
  });

  it('fails an adaptation whose model was replaced while it was queued', async () => {
    const accepted = await adapt();
    await opened[Symbol.asyncDispose]();
    const other = packages.map((each) => ({
      ...each,
      manifest: { ...each.manifest, digest: 'sha256:other' },
    }));
    const reopened = openService(runner, other, kept(opened));
    onTestFinished(() => reopened[Symbol.asyncDispose]());
    reopened.service.processAdaptations();
    await reopened.service.resubmitUnfinished();
    expect(await settle(reopened.service, accepted)).toMatchObject({
      status: 'failed',
      error: {
        code: 'adaptation_failed',
        message: expect.stringMatching(/tiny-gradients@1.0.0 was replaced/),
      },
    });
  });

  it('hides internal details of a failure from callers, and logs them', async () => {
    const cause = new Error('cannot open /secret/path');
    const broken: ProgramRunner = { ...runnerOf(runner), adapt: () => Promise.reject(cause) };
    const failing = openService(broken, packages);
    onTestFinished(() => failing[Symbol.asyncDispose]());
    failing.service.processAdaptations();
    await failing.service.resubmitUnfinished();
    const ended = await settle(failing.service, await failing.service.adapt('acme', 'signs', corners));
    expect(ended.error).toEqual({ code: 'adaptation_failed', message: expect.not.stringMatching(/secret/) });
    expect(failing.errors).toEqual([cause]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { TaskStore } from '../../../src/ports/task-store.ts';
import type { AdaptationEvent, AdaptRequest, Service } from '../../../src/service/service.ts';
import { deferred } from '../../support/deferred.ts';
import { createMemoryQueue } from '../../support/memory/adaptation-queue.ts';
import { createMemoryRunner } from '../../support/memory/program-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, kept, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.gradients()];
const long: AdaptRequest = { ...corners, settings: { steps: 100_000 } };

describe('the lifecycle of an adaptation', () => {
  let runner: ProgramRunner;
  let opened: TestService;
  let service: Service;
  beforeAll(async () => {
    runner = createMemoryRunner();
    for (const each of packages) await runner.load(each);
  });
  afterAll(() => runner[Symbol.asyncDispose]());
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
  const cancel = ({ id }: Adaptation) => service.cancel('acme', 'signs', id);
  const follow = (record: Adaptation, after = 0, signal = AbortSignal.timeout(20_000)) =>
    service.events('acme', 'signs', record.id, after, signal);
  const all = async (events: AsyncIterable<AdaptationEvent>) => {
    const found: AdaptationEvent[] = [];
    for await (const event of events) found.push(event);
    return found;
  };
  /** Resolves once the adaptation has taken a step. */
  const stepping = async (record: Adaptation) => {
    for await (const { type } of follow(record)) if (type === 'step') return;
  };

  describe('events', () => {
    it('sends all events in order, as they happen', async () => {
      const accepted = await adapt();
      const following = all(follow(accepted));
      service.processAdaptations();
      await service.resubmitUnfinished();
      const events = await following;
      expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(events.map(({ type }) => type)).toEqual([
        'queued',
        'running',
        'step',
        'step',
        'step',
        'succeeded',
      ]);
      const { losses } = await settle(service, accepted);
      expect(events.slice(2, 5).map(({ data }) => data)).toEqual(
        losses.map((loss, i) => ({ step: i + 1, loss })),
      );
    });

    it('sends the same events to later subscribers, and the remaining ones to those that resume', async () => {
      service.processAdaptations();
      await service.resubmitUnfinished();
      const accepted = await adapt();
      const live = await all(follow(accepted));
      expect(await all(follow(accepted))).toEqual(live);
      expect(await all(follow(accepted, 4))).toEqual(live.slice(4));
      expect(await all(follow(accepted, 99))).toEqual([]);
    });

    it('sends a failure with its reason', async () => {
      service.processAdaptations();
      await service.resubmitUnfinished();
      const events = await all(follow(await adapt({ ...corners, settings: { rate: 1e20, steps: 50 } })));
      expect(events.at(-1)).toMatchObject({
        type: 'failed',
        data: { error: { code: 'adaptation_diverged' } },
      });
    });

    it('ends when the subscriber leaves', async () => {
      const abort = new AbortController();
      const following = all(follow(await adapt(), 0, abort.signal));
      abort.abort();
      expect((await following).map(({ type }) => type)).toEqual([]);
    });

    it('ends when the task is deleted', async () => {
      service.processAdaptations();
      await service.resubmitUnfinished();
      const accepted = await adapt(long);
      const following = all(follow(accepted));
      await stepping(accepted);
      await service.deleteTask('acme', 'signs');
      const [queued, running, ...steps] = (await following).map(({ type }) => type);
      expect([queued, running]).toEqual(['queued', 'running']);
      expect(new Set(steps)).toEqual(new Set(['step']));
      expect(steps.length).toBeLessThan(100_000);
    });
  });

  describe('cancel', () => {
    it('ends a queued adaptation, which then never runs', async () => {
      const accepted = await adapt();
      expect(await cancel(accepted)).toMatchObject({
        status: 'cancelled',
        startedAt: null,
        endedAt: expect.any(String),
      });
      service.processAdaptations();
      await service.resubmitUnfinished();
      expect((await settle(service, accepted)).status).toBe('cancelled');
      expect((await service.task('acme', 'signs')).current).toBeNull();
      expect(await opened.queue.depth()).toBe(0);
    });

    it('ends a running adaptation and keeps its losses so far', async () => {
      service.processAdaptations();
      await service.resubmitUnfinished();
      const accepted = await adapt(long);
      await stepping(accepted);
      const cancelled = await cancel(accepted);
      expect(cancelled.status).toBe('cancelled');
      expect(cancelled.losses.length).toBeGreaterThan(0);
      await opened.queue.drain();
      expect(await service.adaptation('acme', 'signs', accepted.id)).toEqual(cancelled);
      expect(await opened.cache.has(`acme/${accepted.id}`)).toBe(false);
    });

    it('is idempotent', async () => {
      const accepted = await adapt();
      expect(await cancel(accepted)).toEqual(await cancel(accepted));
    });

    it('is refused once the adaptation has ended', async () => {
      service.processAdaptations();
      await service.resubmitUnfinished();
      const accepted = await adapt();
      await settle(service, accepted);
      await expect(cancel(accepted)).rejects.toMatchObject({
        code: 'adaptation_ended',
        details: { got: 'succeeded' },
      });
    });

    it('either cancels or is refused, at any time during the run', async () => {
      service.processAdaptations();
      await service.resubmitUnfinished();
      for (let i = 0; i < 20; i++) {
        const accepted = await adapt({ ...corners, settings: { seed: i, steps: 1 + (i % 5) } });
        const cancelling = cancel(accepted).then(
          () => 'cancelled',
          () => 'succeeded',
        );
        const ended = await settle(service, accepted);
        expect(await cancelling).toBe(ended.status);
      }
    });

    it('allows the same request again', async () => {
      service.processAdaptations();
      await service.resubmitUnfinished();
      const accepted = await adapt({ ...corners, settings: { steps: 2000 } });
      await stepping(accepted);
      await cancel(accepted);
      const again = await adapt({ ...corners, settings: { steps: 2000 } });
      expect(again).toMatchObject({ id: accepted.id, status: 'queued', losses: [] });
      const ended = await settle(service, again);
      expect(ended.status).toBe('succeeded');
      expect(ended.losses).toHaveLength(2000);
    });
  });

  it('answers the latest record when the wait ends before the run', async () => {
    const release = deferred();
    const holding: ProgramRunner = {
      ...runnerOf(runner),
      async adapt(run) {
        run.onStep(0.5);
        await release.promise;
        return runner.adapt(run);
      },
    };
    const held = openService(holding, packages);
    onTestFinished(() => held[Symbol.asyncDispose]());
    const accepted = await held.service.adapt('acme', 'signs', corners);
    expect(await held.service.waitUntilEnded(accepted, AbortSignal.abort())).toEqual(accepted);
    const ending = new AbortController();
    const waiting = held.service.waitUntilEnded(accepted, ending.signal);
    held.service.processAdaptations();
    const read = () => held.service.adaptation('acme', 'signs', accepted.id);
    const stepped = await vi.waitFor(async () => {
      const record = await read();
      expect(record).toMatchObject({ status: 'running', losses: [0.5], endedAt: null });
      return record;
    });
    ending.abort();
    expect(await waiting).toEqual(stepped);
    release.resolve();
    expect((await settle(held.service, accepted)).status).toBe('succeeded');
  });

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
      await vi.waitFor(() => expect(begun).toHaveLength(3));
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
    await vi.waitFor(() => expect(refused).toBeGreaterThan(4));
    isAway = false;
    expect((await settled).status).toBe('succeeded');
  });

  it('records the execution provider of the run', async () => {
    expect(await adapt()).toMatchObject({ executionProvider: null });
    await opened[Symbol.asyncDispose]();
    const elsewhere = openService(
      { ...runnerOf(runner), executionProvider: 'abacus' },
      packages,
      kept(opened),
    );
    onTestFinished(() => elsewhere[Symbol.asyncDispose]());
    elsewhere.service.processAdaptations();
    await elsewhere.service.resubmitUnfinished();
    const ended = await settle(elsewhere.service, await elsewhere.service.adapt('acme', 'signs', corners));
    expect(ended).toMatchObject({ status: 'succeeded', executionProvider: 'abacus' });
    expect(await elsewhere.service.readiness()).toMatchObject({ executionProvider: 'abacus' });
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

  describe('delete', () => {
    it('removes the task, its adaptations and its states', async () => {
      service.processAdaptations();
      await service.resubmitUnfinished();
      const { id } = await settle(service, await adapt());
      await service.predict('acme', 'signs', [{ kind: 'json', value: [0, 0] }]);
      await service.deleteTask('acme', 'signs');
      await expect(service.task('acme', 'signs')).rejects.toMatchObject({ code: 'task_not_found' });
      await expect(service.adaptation('acme', 'signs', id)).rejects.toMatchObject({ code: 'task_not_found' });
      await expect(service.deleteTask('acme', 'signs')).rejects.toMatchObject({ code: 'task_not_found' });
      expect(runner.isResident(`acme/${id}`)).toBe(false);
      expect(await opened.cache.has(`acme/${id}`)).toBe(false);
    });

    it('stops a running adaptation', async () => {
      service.processAdaptations();
      await service.resubmitUnfinished();
      const accepted = await adapt(long);
      await stepping(accepted);
      await service.deleteTask('acme', 'signs');
      await opened.queue.drain();
      expect(await opened.store.unfinished()).toEqual([]);
      expect(await opened.cache.has(`acme/${accepted.id}`)).toBe(false);
    });
  });

  it('names the adaptation that does not exist', async () => {
    await adapt();
    for (const id of ['adp_other', '../x', `adp_${'0'.repeat(32)}`]) {
      await expect(service.adaptation('acme', 'signs', id)).rejects.toMatchObject({
        code: 'adaptation_not_found',
      });
    }
  });

  it('is ready when all parts answer, and names a part that does not', async () => {
    expect(await service.readiness()).toEqual({
      ready: true,
      checks: { models: true, store: true, queue: true },
      executionProvider: 'cpu',
    });
    const away = () => Promise.reject(new InnerloopError('unavailable', 'away'));
    const storeless = openService(runner, packages, { store: { ...opened.store, usage: away } });
    expect(await storeless.service.readiness()).toMatchObject({ ready: false, checks: { store: false } });
    const queueless = openService(runner, packages, { queue: { ...opened.queue, depth: away } });
    expect(await queueless.service.readiness()).toMatchObject({ ready: false, checks: { queue: false } });
  });
});

/** The methods of a runner as properties, so that a test can replace single ones. */
function runnerOf(runner: ProgramRunner): ProgramRunner {
  return {
    executionProvider: runner.executionProvider,
    load: (pkg) => runner.load(pkg),
    adapt: (run) => runner.adapt(run),
    predict: (run) => runner.predict(run),
    forget: (id) => runner.forget(id),
    isResident: (id) => runner.isResident(id),
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
  };
}

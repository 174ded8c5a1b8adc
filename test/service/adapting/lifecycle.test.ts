import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { ProgramRunner } from '../../../src/ports/program-runner.ts';
import type { AdaptationEvent, AdaptRequest, Service } from '../../../src/service/service.ts';
import { deferred } from '../../support/deferred.ts';
import { eventually } from '../../support/eventually.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
import { runnerOf } from '../../support/runner-of.ts';
import { corners, kept, openService, settle, type TestService } from '../../support/service.ts';

const packages = [tinyPackages.gradients()];
const long: AdaptRequest = { ...corners, settings: { steps: 100_000 } };

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
      expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect(events.map(({ type }) => type)).toEqual([
        'queued',
        'running',
        'step',
        'step',
        'step',
        'succeeded',
        'report',
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
    const stepped = await eventually(async () => {
      const record = await read();
      expect(record).toMatchObject({ status: 'running', losses: [0.5], endedAt: null });
      return record;
    });
    ending.abort();
    expect(await waiting).toEqual(stepped);
    release.resolve();
    expect((await settle(held.service, accepted)).status).toBe('succeeded');
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

import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import type { AdaptRequest, Service } from '../../../src/service/service.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { tinyPackages } from '../../support/packages.ts';
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
  const cancel = ({ id }: Adaptation) => service.cancel('acme', 'signs', id);
  const follow = (record: Adaptation, after = 0, signal = AbortSignal.timeout(20_000)) =>
    service.events('acme', 'signs', record.id, after, signal);
  /** Resolves once the adaptation has taken a step. */
  const stepping = async (record: Adaptation) => {
    for await (const { type } of follow(record)) if (type === 'step') return;
  };

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
});

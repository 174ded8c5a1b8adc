import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Adaptation } from '../../../src/domain/adaptation.ts';
import { InnerloopError } from '../../../src/errors.ts';
import type { ServiceOptions } from '../../../src/service/service-options.ts';
import { deferred } from '../../support/deferred.ts';
import { plenty } from '../../support/examples.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { createMemoryOutbox } from '../../support/memory/outbox.ts';
import { createMemoryTaskStore } from '../../support/memory/task-store.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, openService, settle, type TestService } from '../../support/service.ts';
import { manualClock, ok, recordingSender, webhookOptions } from '../../support/webhooks/in-memory.ts';

const packages = [tinyPackages.gradients()];
const events = ['adaptation.succeeded', 'adaptation.failed', 'adaptation.cancelled'] as const;
const request = { url: 'https://example.com/hook', events };

describe('the end of an adaptation', () => {
  const runner = loadedRunner(packages);
  const outbox = () => sharedOutbox;
  let sharedOutbox = createMemoryOutbox();
  let store = createMemoryTaskStore({ quota: plenty });
  const clock = manualClock();
  const sender = recordingSender(() => ok);
  beforeEach(() => {
    sharedOutbox = createMemoryOutbox();
    store = createMemoryTaskStore({ quota: plenty });
    sender.sent.length = 0;
  });

  /** A process over the shared stores. */
  function open(
    change: Partial<ServiceOptions> = {},
    outboxChange: Partial<typeof sharedOutbox> = {},
  ): TestService {
    const webhooks = webhookOptions({ sender });
    const changed = { ...outbox(), ...outboxChange };
    const opened = openService(runner, packages, { store, clock, webhooks, outbox: changed, ...change });
    onTestFinished(() => opened[Symbol.asyncDispose]());
    return opened;
  }
  const bodies = () => sender.sent.map(({ body }) => JSON.parse(body));
  const adapt = ({ service }: TestService, settings = {}) =>
    service.adapt('acme', 'signs', { ...corners, settings });
  async function work({ service }: TestService): Promise<void> {
    service.processAdaptations();
    await service.resubmitUnfinished();
  }
  /** The message that was sent about this record. */
  const told = ({ id, model, status, createdAt, endedAt, error }: Adaptation) => ({
    type: `adaptation.${status}`,
    timestamp: endedAt,
    data: { adaptation: id, task: 'signs', model, status, createdAt, endedAt, error },
  });

  it('is published to the webhooks of its tenant: success, failure and cancellation', async () => {
    const process = open();
    const { service } = process;
    const { webhook } = await service.webhooks.create('acme', request);
    await service.webhooks.create('other', request);
    const cancelled = await adapt(process, { seed: 1 });
    const ended = await service.cancel('acme', 'signs', cancelled.id);
    await service.cancel('acme', 'signs', cancelled.id);
    await work(process);
    const succeeded = await settle(service, await adapt(process));
    const failed = await settle(service, await adapt(process, { rate: 1e30 }));
    await service.webhooks.deliverDue();
    expect([ended.status, succeeded.status, failed.status]).toEqual(['cancelled', 'succeeded', 'failed']);
    expect(bodies()).toEqual([ended, succeeded, failed].map(told));
    expect(failed.error).not.toBeNull();
    expect(await service.webhooks.deliveries('acme', webhook.id)).toHaveLength(3);
  });

  it('is published after too many attempts', async () => {
    const process = open();
    await process.service.webhooks.create('acme', request);
    const accepted = await adapt(process);
    const begun = (each: Adaptation): Adaptation => ({
      ...each,
      status: 'running',
      startedAt: '2025-12-31T00:00:00.000Z',
      attempts: 3,
    });
    await store.update('acme', 'signs', accepted.id, begun);
    await work(process);
    const ended = await settle(process.service, accepted);
    await process.service.webhooks.deliverDue();
    expect(bodies()).toEqual([told(ended)]);
    expect(ended.error?.message).toMatch(/^Given up/);
  });

  it('has its message stored before it is written, and released afterwards', async () => {
    const done: string[] = [];
    const noting =
      <Given extends unknown[], Result>(what: string, work: (...given: Given) => Promise<Result>) =>
      async (...given: Given) => {
        const result = await work(...given);
        done.push(what);
        return result;
      };
    const update: typeof store.update = async (...given) => {
      const record = await store.update(...given);
      if (record?.status === 'succeeded') done.push('end');
      return record;
    };
    const { add, replace } = outbox();
    const noted = { add: noting('store', add), replace: noting('release', replace) };
    const process = open({ store: { ...store, update } }, noted);
    await process.service.webhooks.create('acme', request);
    await work(process);
    await settle(process.service, await adapt(process));
    await expect.poll(() => done).toEqual(['store', 'end', 'release']);
  });

  it('is published once, also when the process dies after it has written the end', async () => {
    const gone = deferred<boolean>();
    const dying = open({}, { replace: () => gone.promise });
    const { webhook } = await dying.service.webhooks.create('acme', request);
    await work(dying);
    const accepted = await adapt(dying);
    await expect
      .poll(async () => (await store.adaptation('acme', 'signs', accepted.id))?.status)
      .toBe('succeeded');
    const next = open().service;
    await next.webhooks.deliverDue();
    expect([bodies(), await next.webhooks.deliveries('acme', webhook.id)]).toEqual([[], []]);
    clock.pass(5000);
    for (let i = 0; i < 3; i++) await next.webhooks.deliverDue();
    expect(bodies()).toEqual([told(await next.adaptation('acme', 'signs', accepted.id))]);
    gone.resolve(false);
  });

  it('is not published when another end came first', async () => {
    let cancelling: Promise<unknown> | undefined;
    const update: typeof store.update = async (tenant, task, id, change) => {
      const record = await store.adaptation(tenant, task, id);
      if (!cancelling && record && change(record)?.status === 'succeeded') {
        cancelling = service.cancel(tenant, task, id);
        await cancelling;
      }
      return store.update(tenant, task, id, change);
    };
    const process = open({ store: { ...store, update } });
    const { service } = process;
    await service.webhooks.create('acme', request);
    await work(process);
    const ended = await settle(service, await adapt(process));
    expect(ended.status).toBe('cancelled');
    await process.queue.drain();
    clock.pass(5000);
    for (let i = 0; i < 3; i++) await service.webhooks.deliverDue();
    expect(bodies()).toEqual([told(ended)]);
  });

  it('is published when the same request was accepted again before its message was released', async () => {
    const dying = open({}, { replace: () => Promise.reject(new InnerloopError('unavailable', 'away')) });
    await dying.service.webhooks.create('acme', request);
    await work(dying);
    const failed = await settle(dying.service, await adapt(dying, { rate: 1e30 }));
    clock.pass(5000);
    const next = open();
    const again = await adapt(next, { rate: 1e30 });
    expect(again).toMatchObject({ id: failed.id, status: 'queued' });
    for (let i = 0; i < 2; i++) await next.service.webhooks.deliverDue();
    expect(bodies()).toEqual([told(failed)]);
  });

  it('is published when the outbox can be written to again', async () => {
    const replace = () => Promise.reject(new InnerloopError('unavailable', 'full'));
    const full = open({}, { replace });
    await full.service.webhooks.create('acme', request);
    await work(full);
    const ended = await settle(full.service, await adapt(full));
    clock.pass(5000);
    // It rejects, so that the loop of the process waits before it looks again.
    await expect(full.service.webhooks.deliverDue()).rejects.toMatchObject({ code: 'unavailable' });
    expect([bodies(), full.errors]).toEqual([[], []]);
    const { service } = open();
    for (let i = 0; i < 2; i++) await service.webhooks.deliverDue();
    expect(bodies()).toEqual([told(ended)]);
  });

  it('is not published when the process dies before it has written the end, but when the end comes', async () => {
    const away = new InnerloopError('unavailable', 'away');
    let isDead = false;
    const update: typeof store.update = async (...what) => {
      const record = await store.adaptation(what[0], what[1], what[2]);
      if (isDead || (record && what[3](record)?.status === 'succeeded')) {
        isDead = true;
        throw away;
      }
      return store.update(...what);
    };
    const dying = open({ store: { ...store, update } });
    await dying.service.webhooks.create('acme', request);
    await work(dying);
    const accepted = await adapt(dying);
    await expect.poll(() => isDead).toBe(true);
    const next = open();
    clock.pass(5000);
    await next.service.webhooks.deliverDue();
    await next.service.webhooks.deliverDue();
    expect(bodies()).toEqual([]);
    await work(next);
    const ended = await settle(next.service, accepted);
    clock.pass(5000);
    for (let i = 0; i < 3; i++) await next.service.webhooks.deliverDue();
    expect(bodies()).toEqual([told(ended)]);
  });

  it('is published as it was, also when a lost message was repeated', async () => {
    // The first answer of the outbox is lost, so the run repeats the end.
    let isLost = false;
    const add: typeof sharedOutbox.add = async (...what) => {
      const added = await outbox().add(...what);
      if (isLost) return added;
      isLost = true;
      throw new InnerloopError('unavailable', 'away');
    };
    const process = open({}, { add });
    await process.service.webhooks.create('acme', request);
    await work(process);
    const ended = await settle(process.service, await adapt(process));
    clock.pass(5000);
    for (let i = 0; i < 3; i++) await process.service.webhooks.deliverDue();
    expect(bodies()).toEqual([told(ended)]);
  });

  it('changes nothing for tenants without webhooks', async () => {
    const process = open();
    await work(process);
    expect((await settle(process.service, await adapt(process))).status).toBe('succeeded');
    await process.service.webhooks.deliverDue();
    expect(bodies()).toEqual([]);
  });
});

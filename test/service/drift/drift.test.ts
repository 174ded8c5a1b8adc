import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import type { RawInput } from '../../../src/service/inputs/raw-input.ts';
import type { ServiceOptions } from '../../../src/service/service-options.ts';
import { createRandom } from '../../../src/training/random.ts';
import { plenty } from '../../support/examples.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { createMemoryOutbox } from '../../support/memory/outbox.ts';
import { createMemoryTaskStore } from '../../support/memory/task-store.ts';
import { tinyPackages } from '../../support/packages.ts';
import { corners, openService, settle, type TestService } from '../../support/service.ts';
import { manualClock, ok, recordingSender, webhookOptions } from '../../support/webhooks/in-memory.ts';

const packages = [tinyPackages.gradients()];
const runner = loadedRunner(packages);
const clock = manualClock();
const sender = recordingSender(() => ok);
let store = createMemoryTaskStore({ quota: plenty });
let outbox = createMemoryOutbox();
beforeEach(() => {
  store = createMemoryTaskStore({ quota: plenty });
  outbox = createMemoryOutbox();
  sender.sent.length = 0;
});

/** A process over the shared stores. */
function open(change: Partial<ServiceOptions> = {}): TestService {
  const webhooks = webhookOptions({ sender });
  const opened = openService(runner, packages, { store, clock, webhooks, outbox, ...change });
  onTestFinished(() => opened[Symbol.asyncDispose]());
  return opened;
}

async function adapted(process: TestService, { monitor = true, request = corners } = {}) {
  const { service } = process;
  await service.putTask('acme', 'signs', { model: 'tiny-gradients', monitor });
  service.processAdaptations();
  return settle(service, await service.adapt('acme', 'signs', request));
}

const random = createRandom(1);
/** Points around (x, x). */
const points = (n: number, x = 0.5): readonly RawInput[] =>
  Array.from({ length: n }, () => ({
    kind: 'json',
    value: [x + 0.3 * random.normal(), x + 0.3 * random.normal()],
  }));
async function ask({ service }: TestService, n: number, x?: number): Promise<void> {
  for (let left = n; left > 0; left -= 50)
    await service.predict('acme', 'signs', points(Math.min(50, left), x));
}
const drift = ({ service }: TestService, reference: 'window' | 'support' = 'window') =>
  service.drift('acme', 'signs', reference);

describe('drift of a monitored task', () => {
  it('is found when it is asked something else, and not before', async () => {
    const process = open();
    await adapted(process);
    expect(await drift(process)).toMatchObject({ enough: false, window: { size: 0, from: null } });
    await ask(process, 200);
    expect(await drift(process)).toMatchObject({
      enough: false,
      reference: { kind: 'window', size: 200 },
      window: { size: 0 },
    });
    await ask(process, 100);
    expect(await drift(process)).toMatchObject({
      enough: true,
      isDrift: false,
      window: { size: 100, from: clock.now().toISOString() },
    });
    await ask(process, 100, 3);
    const found = await drift(process);
    expect(found).toMatchObject({ isDrift: true, window: { size: 200 }, since: null });
    expect(found.auc).toBeGreaterThan(0.7);
    const names = found.statistics.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['lowest', 'highest', 'mean', 'label']));
    expect(found.perLabel.map(({ label }) => label).toSorted()).toEqual(['high', 'low']);
  });

  it('is measured against the examples of its adaptation, too', async () => {
    const process = open();
    const support = points(15, 0).concat(points(15, 1));
    const labelled = support.map((input, i) => ({ input, label: i < 15 ? 'low' : 'high' }));
    const record = await adapted(process, { request: { ...corners, support: labelled } });
    await ask(process, 30, 5);
    expect(await drift(process, 'support')).toMatchObject({
      enough: true,
      isDrift: true,
      reference: { kind: 'support', size: 30, from: record.createdAt },
      window: { size: 30 },
    });
  });

  it('is answered by any process, from what all have stored', async () => {
    const [first, second] = [open(), open()];
    await adapted(first);
    await ask(first, 100);
    await first.service.flushAsked();
    await ask(second, 130);
    expect(await drift(second)).toMatchObject({ reference: { size: 200 }, window: { size: 30 } });
    expect(await drift(first)).toEqual(await drift(second));
  });

  it('counts what was asked, and neither what failed nor trials nor other versions', async () => {
    const process = open();
    const { id } = await adapted(process);
    const inputs = points(3);
    await process.service.predict('acme', 'signs', inputs, { adaptation: id });
    const broken: RawInput = { kind: 'json', value: [1] };
    await expect(process.service.predict('acme', 'signs', [...inputs, broken])).rejects.toThrow();
    await process.service.predict('acme', 'signs', inputs, { trial: true });
    await process.service.predict('acme', 'signs', inputs, { explain: true });
    expect((await drift(process)).reference.size).toBe(3);
  });
});

describe('a task that is not monitored', () => {
  it('keeps nothing, and says what to do', async () => {
    const process = open();
    await adapted(process, { monitor: false });
    await ask(process, 10);
    await process.service.flushAsked();
    const code = 'task_not_monitored';
    await expect(drift(process)).rejects.toMatchObject({ code, message: expect.stringContaining('monitor') });
    expect(await store.featureWindow('acme', 'signs')).toBeNull();
    const none = process.service.drift('other', 'signs', 'window');
    await expect(none).rejects.toMatchObject({ code: 'task_not_found' });
  });

  it('loses what was kept when monitoring ends, and begins anew', async () => {
    const [process, other] = [open(), open()];
    await adapted(process);
    const { bytes } = await store.usage('acme');
    await ask(process, 60);
    await process.service.flushAsked();
    await ask(other, 5);
    expect((await store.usage('acme')).bytes).toBeGreaterThan(bytes);
    await process.service.putTask('acme', 'signs', { monitor: false });
    await other.service.flushAsked();
    expect((await store.usage('acme')).bytes).toBe(bytes);
    await process.service.putTask('acme', 'signs', { monitor: true });
    await ask(process, 2);
    expect((await drift(process)).reference.size).toBe(2);
  });

  it('answers although its inputs cannot be kept', async () => {
    const refused = {
      ...store,
      addAsked: () => Promise.reject(new InnerloopError('quota_exceeded', 'full')),
    };
    const process = open({ store: refused });
    await adapted(process);
    await ask(process, 2);
    await process.service.flushAsked();
    expect(process.errors).toEqual([]);
    expect((await drift(process)).reference.size).toBe(0);
  });
});

describe('a check in the background', () => {
  const url = 'https://example.com/hook';

  async function drifted(process: TestService): Promise<void> {
    await ask(process, 50, 3);
    await process.service.flushAsked();
    await process.service.checkDrift();
    await process.service.webhooks.deliverDue();
  }

  it('tells webhooks once when drift begins, whatever process sees it', async () => {
    const [process, other] = [open(), open()];
    await adapted(process);
    await process.service.webhooks.create('acme', { url, events: ['drift.detected'] });
    await ask(process, 250);
    await process.service.flushAsked();
    await process.service.checkDrift();
    await drifted(process);
    expect(sender.sent).toEqual([]);
    await drifted(other);
    expect(sender.sent.map(({ body }) => JSON.parse(body))).toEqual([
      {
        type: 'drift.detected',
        timestamp: clock.now().toISOString(),
        data: { task: 'signs', since: clock.now().toISOString(), inputs: 350 },
      },
    ]);
    const found = await drift(process);
    expect(found.since).toBe(clock.now().toISOString());
    expect(found.checks.map(({ count }) => count)).toEqual([250, 300, 350]);
    expect(found.checks[1]?.distance).toBeGreaterThan(found.checks[1]?.threshold ?? 1);
    for (const each of [process, other, process]) await drifted(each);
    expect(sender.sent).toHaveLength(1);
  });

  it('tells again after a crash before it was noted that webhooks were told', async () => {
    const process = open();
    await adapted(process);
    const { webhook } = await process.service.webhooks.create('acme', { url, events: ['drift.detected'] });
    await ask(process, 200);
    await drifted(process);
    const { putAlarm } = store;
    const crashing = open({
      store: {
        ...store,
        putAlarm: (tenant, task, change) =>
          change.after.isTold ? Promise.reject(new Error('killed')) : putAlarm(tenant, task, change),
      },
    });
    await drifted(crashing);
    expect([sender.sent.length, crashing.errors.length]).toEqual([1, 1]);
    // Nothing more is asked: another process finds what is left to do, and the message is the same.
    const { service } = open();
    await service.checkDrift();
    await service.webhooks.deliverDue();
    expect(sender.sent).toHaveLength(1);
    expect((await store.featureWindow('acme', 'signs'))?.alarm).toMatchObject({ isTold: true });
    expect(await service.webhooks.deliveries('acme', webhook.id)).toMatchObject([{ status: 'succeeded' }]);
  });

  it('tells after a crash before webhooks were told, also when it is over by then', async () => {
    const process = open();
    await adapted(process);
    await process.service.webhooks.create('acme', { url, events: ['drift.detected'] });
    await ask(process, 200);
    await drifted(process);
    const killed = () => Promise.reject(new Error('killed'));
    const crashing = open({ outbox: { ...outbox, webhooks: killed } });
    await drifted(crashing);
    expect([sender.sent.length, crashing.errors.length]).toEqual([0, 1]);
    const alarm = (await store.featureWindow('acme', 'signs'))?.alarm;
    expect(alarm).toMatchObject({ since: clock.now().toISOString(), isTold: false });
    const next = open();
    await ask(next, 400);
    await next.service.flushAsked();
    await next.service.checkDrift();
    await next.service.webhooks.deliverDue();
    expect(sender.sent.map(({ body }) => JSON.parse(body).data)).toMatchObject([{ since: alarm?.since }]);
    expect((await store.featureWindow('acme', 'signs'))?.alarm).toMatchObject({ strikes: 0 });
  });

  it('looks once at what any process has stored', async () => {
    const process = open();
    await adapted(process);
    await ask(process, 300);
    await process.service.flushAsked();
    await open().service.checkDrift();
    const before = await store.featureWindow('acme', 'signs');
    expect(before?.alarm).toMatchObject({ count: 300, since: null });
    await process.service.checkDrift();
    expect(await store.featureWindow('acme', 'signs')).toEqual(before);
    await process.service.deleteTask('acme', 'signs');
    await process.service.checkDrift();
    expect(process.errors).toEqual([]);
  });
});

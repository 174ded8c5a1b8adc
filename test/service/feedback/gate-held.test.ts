import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import type { Outbox } from '../../../src/ports/webhooks/outbox.ts';
import { plenty } from '../../support/examples.ts';
import { loadedRunner } from '../../support/loaded-runner.ts';
import { createMemoryOutbox } from '../../support/memory/outbox.ts';
import { createMemoryTaskStore } from '../../support/memory/task-store.ts';
import { tinyPackages } from '../../support/packages.ts';
import { labelled, openService, settle, type TestService } from '../../support/service.ts';
import { manualClock, ok, recordingSender, webhookOptions } from '../../support/webhooks/in-memory.ts';

const packages = [tinyPackages.prototypes()];
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
function open(change: Partial<Outbox> = {}): TestService {
  const webhooks = webhookOptions({ sender });
  const opened = openService(runner, packages, { store, clock, webhooks, outbox: { ...outbox, ...change } });
  onTestFinished(() => opened[Symbol.asyncDispose]());
  opened.service.processAdaptations();
  return opened;
}

/** A task with feedback that contradicts its examples. */
async function misled({ service }: TestService): Promise<void> {
  const noise = Array.from({ length: 6 }, (_, n) => n / 20);
  const support = labelled(
    ...noise.map((e): [string, number, number] => ['low', e, 0.1 - e]),
    ...noise.map((e): [string, number, number] => ['high', 1 + e, 1 - e]),
  );
  await settle(service, await service.adapt('acme', 'signs', { model: 'tiny-prototypes', support }));
  for (let n = 0; n < 6; n++)
    for (const [label, sign] of [
      ['low', 1],
      ['high', -1],
    ] as const) {
      const input = { kind: 'json', value: [sign * (5 + n / 10), sign * 5] } as const;
      await service.feedback('acme', 'signs', { input, label, readapt: 'never' });
    }
}

const url = 'https://example.com/';
const messages = () => sender.sent.map(({ body }) => JSON.parse(body));
async function deliver({ service }: TestService): Promise<void> {
  for (let i = 0; i < 3; i++) await service.webhooks.deliverDue();
}

it('tells webhooks of an adaptation that the gate has held, by numbers and not by inputs', async () => {
  const opened = open();
  const { service } = opened;
  await misled(opened);
  await service.webhooks.create('acme', { url, events: ['feedback.gate_held', 'adaptation.succeeded'] });
  const held = await settle(service, await service.readapt('acme', 'signs'));
  await expect.poll(() => deliver(opened).then(() => sender.sent.length)).toBe(2);
  const told = messages().toSorted((a, b) => (a.type < b.type ? -1 : 1));
  expect(told).toMatchObject([
    { type: 'adaptation.succeeded', data: { adaptation: held.id, status: 'succeeded' } },
    {
      type: 'feedback.gate_held',
      timestamp: held.endedAt,
      data: { adaptation: held.id, task: 'signs', gate: { decision: 'held', n: 12 } },
    },
  ]);
  expect(new Set(sender.sent.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  expect(opened.errors).toEqual([]);
});

it('tells of it after a crash at the moment when its record was written', async () => {
  // This process cannot release the message that it has stored before.
  const dying = open({ replace: () => Promise.reject(new InnerloopError('unavailable', 'killed')) });
  await misled(dying);
  await dying.service.webhooks.create('acme', { url, events: ['feedback.gate_held'] });
  const held = await settle(dying.service, await dying.service.readapt('acme', 'signs'));
  const next = open();
  await deliver(next);
  expect(messages()).toEqual([]);
  clock.pass(5000);
  await deliver(next);
  expect(messages()).toMatchObject([{ type: 'feedback.gate_held', data: { adaptation: held.id } }]);
});

it('tells of it although an example was erased before the message was released', async () => {
  const dying = open({ replace: () => Promise.reject(new InnerloopError('unavailable', 'killed')) });
  await misled(dying);
  await dying.service.webhooks.create('acme', { url, events: ['feedback.gate_held'] });
  await settle(dying.service, await dying.service.readapt('acme', 'signs'));
  const next = open();
  await next.service.erase('acme', 'signs', { source: 'feedback' });
  clock.pass(5000);
  await deliver(next);
  expect(messages()).toMatchObject([{ type: 'feedback.gate_held' }]);
});

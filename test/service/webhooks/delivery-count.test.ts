import { expect, it } from 'vitest';
import { createMeter } from '../../../src/adapters/opentelemetry/meter.ts';
import type { Outbox } from '../../../src/ports/webhooks/outbox.ts';
import { createWebhooks } from '../../../src/service/webhooks/webhooks.ts';
import { createMemoryOutbox } from '../../support/memory/outbox.ts';
import { manualClock, webhookOptions } from '../../support/webhooks/in-memory.ts';

/** Webhooks of which each may have one waiting message. */
function open(change: Partial<Outbox> = {}) {
  const meter = createMeter();
  const webhooks = createWebhooks({
    webhooks: webhookOptions({ mostWaiting: 1 }),
    outbox: { ...createMemoryOutbox(), ...change },
    clock: manualClock(),
    store: { adaptation: async () => null },
    meter,
    onError: () => undefined,
  });
  const create = async () => {
    const url = 'https://example.com/hook';
    return (await webhooks.create('acme', { url, events: ['adaptation.succeeded'] })).webhook;
  };
  const tell = (task: string) =>
    webhooks.publish('acme', 'adaptation.succeeded', { at: new Date(0), of: [task] }, { task });
  const counted = async (result: string) => {
    const line = new RegExp(`^innerloop_webhook_deliveries_total\\{result="${result}"\\} (\\d+)$`, 'm');
    return Number(line.exec(await meter.exposition())?.[1]);
  };
  return { webhooks, create, tell, counted };
}

it('counts messages that are dropped because too many wait, each once', async () => {
  const { create, tell, counted } = open();
  await create();
  for (const task of ['first', 'second', 'third', 'third']) await tell(task);
  expect(await counted('dropped')).toBe(2);
});

it('counts messages that are dropped because their webhook is disabled', async () => {
  const { webhooks, create, tell, counted } = open();
  const { id } = await create();
  await tell('first');
  await webhooks.change('acme', id, { status: 'disabled' });
  await webhooks.deliverDue();
  expect(await counted('dropped')).toBe(1);
});

it('counts nothing for a webhook that was deleted meanwhile', async () => {
  const { create, tell, counted } = open({ add: async () => false });
  await create();
  await tell('first');
  expect(await counted('dropped')).toBe(0);
});

import { expect, it } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { serve } from '../support/servers/serve.ts';
import { startReceiver } from '../support/webhooks/receiver.ts';

it('creates, tries, rotates, changes and deletes webhooks', { timeout: 60_000 }, async () => {
  const { address } = await serve({ WEBHOOK_NETWORKS: '127.0.0.0/8' });
  const { webhooks } = createClient({ server: address });
  const receiver = await startReceiver();
  const created = await webhooks.create({ url: receiver.url, events: ['adaptation.succeeded'] });
  const { secret, ...webhook } = created;
  expect(await webhooks.list()).toEqual([webhook]);
  expect(await webhooks.get(created.id)).toEqual(webhook);

  const delivery = await webhooks.test(created.id);
  expect(delivery).toMatchObject({ event: 'webhook.test', status: 'succeeded', response: 204 });
  const message = await receiver.first(({ type }) => type === 'webhook.test');
  expect(message.isSignedBy(secret)).toBe(true);
  expect(await webhooks.deliveries(created.id)).toEqual([delivery]);

  const rotated = await webhooks.rotate(created.id);
  expect(rotated.secret).not.toBe(secret);
  const { id } = await webhooks.test(created.id);
  const second = await receiver.first((each) => each.id === id);
  expect([secret, rotated.secret].map(second.isSignedBy)).toEqual([true, true]);

  const disabled = await webhooks.change(created.id, { events: ['drift.detected'], status: 'disabled' });
  expect(disabled).toMatchObject({ id: created.id, events: ['drift.detected'], status: 'disabled' });
  expect(await webhooks.get(created.id)).toEqual(disabled);

  await webhooks.delete(created.id);
  expect(await webhooks.list()).toEqual([]);
  await expect(webhooks.get(created.id)).rejects.toMatchObject({ status: 404, code: 'webhook_not_found' });
});

it('compares adaptations, erases by label, and erases the tenant', { timeout: 60_000 }, async () => {
  const { address } = await serve({});
  const client = createClient({ server: address });
  const letters = (labels: readonly string[]) => ({
    model: 'tiny-prototypes',
    support: labels.map((label, i) => ({ label, input: [i, i + 1] })),
  });
  const first = await client.adapt('letters', letters(['a', 'a', 'b', 'b']));
  const second = await client.adapt('letters', letters(['b', 'b', 'a', 'a']));
  const compared = await client.compare('letters', [first.id, second.id], [[0, 1]]);
  expect(compared).toMatchObject({ inputs: 1, adaptations: [{ id: first.id }, { id: second.id }] });
  expect(await client.examples.eraseMatching('letters', { label: 'a' })).toMatchObject({ examples: 2 });

  expect(await client.tenant.get()).toMatchObject({ id: 'default', usage: { tasks: 1, queued: 0 } });
  await expect(client.tenant.delete({ confirm: 'acme' })).rejects.toMatchObject({ code: 'invalid_request' });
  expect(await client.tenant.delete({ confirm: 'default', keepKeys: true })).toBe(true);
});

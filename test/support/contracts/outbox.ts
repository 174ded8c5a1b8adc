import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Delivery, KEPT_DELIVERIES } from '../../../src/domain/webhooks/delivery.ts';
import type { Webhook } from '../../../src/domain/webhooks/webhook.ts';
import type { Outbox } from '../../../src/ports/webhooks/outbox.ts';

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0');

export function webhook(n: number, change: Partial<Webhook> = {}): Webhook {
  return {
    id: `whk_${hex(n, 32)}`,
    tenant: 'acme',
    url: 'https://example.com/hook',
    events: ['adaptation.succeeded'],
    secrets: [{ sealed: '1.00.AAAA', expiresAt: null }],
    createdAt: `2026-01-01T00:00:${String(n % 60).padStart(2, '0')}.000Z`,
    disabled: null,
    ...change,
  };
}

export function delivery(n: number, change: Partial<Delivery> = {}): Delivery {
  return {
    tenant: 'acme',
    webhook: webhook(1).id,
    id: `msg_${hex(n, 32)}`,
    event: 'adaptation.succeeded',
    body: '{"data":{"é":[],"nothing":{}}}',
    createdAt: '2026-01-01T00:00:00.000Z',
    status: 'waiting',
    attempts: 0,
    dueAt: 1_767_225_600_000 + n,
    response: null,
    error: null,
    ...change,
  };
}

const T = 1_767_225_600_000;
const all = { tenants: 100, perTenant: 100, except: new Set<string>() };

/** The contract of every Outbox. `create` returns an empty one. */
export function describeOutboxContract(create: () => Promise<Outbox>): void {
  let outbox: Outbox;
  beforeEach(async () => {
    outbox = await create();
  });
  afterEach(() => outbox[Symbol.asyncDispose]());
  const ended = (n: number) => delivery(n, { status: 'succeeded', dueAt: null, response: 204, attempts: 1 });
  const dueIds = async (now: number, change = {}) =>
    (await outbox.due({ now, ...all, ...change })).map(({ id }) => id);
  const listed = async (limit = 100) =>
    (await outbox.deliveries('acme', webhook(1).id, limit)).map(({ id }) => id);

  describe('webhooks', () => {
    it('are found exactly as added, by their own tenant only, the oldest first', async () => {
      const [first, second] = [webhook(1), webhook(2, { disabled: { at: 'x', reason: 'é "1"' } })];
      expect(await outbox.addWebhook(second, 10)).toBe(true);
      expect(await outbox.addWebhook(first, 10)).toBe(true);
      expect(await outbox.webhooks('acme')).toEqual([first, second]);
      expect(await outbox.webhook('acme', second.id)).toEqual(second);
      expect(await outbox.webhooks('acm')).toEqual([]);
      expect(await outbox.webhook('other', first.id)).toBeNull();
      expect(await outbox.webhook('acme', 'constructor')).toBeNull();
    });

    it('are refused beyond the most of a tenant, also when many are added at once', async () => {
      const added = await Promise.all([1, 2, 3, 4, 5].map((n) => outbox.addWebhook(webhook(n), 3)));
      expect(added.filter(Boolean)).toHaveLength(3);
      expect(await outbox.webhooks('acme')).toHaveLength(3);
      expect(await outbox.addWebhook(webhook(6, { tenant: 'other' }), 3)).toBe(true);
    });

    it('keep every one of many concurrent changes', async () => {
      await outbox.addWebhook(webhook(1), 1);
      const addOne = (each: Webhook): Webhook => ({
        ...each,
        secrets: [...each.secrets, ...each.secrets.slice(0, 1)],
      });
      await Promise.all(Array.from({ length: 8 }, () => outbox.updateWebhook('acme', webhook(1).id, addOne)));
      expect((await outbox.webhook('acme', webhook(1).id))?.secrets).toHaveLength(9);
      expect(await outbox.updateWebhook('other', webhook(1).id, addOne)).toBeNull();
    });

    it('are removed with their deliveries, by their own tenant only', async () => {
      await outbox.addWebhook(webhook(1), 2);
      await outbox.addWebhook(webhook(2), 2);
      await outbox.add(delivery(1), 10);
      await outbox.add(ended(2), 10);
      await outbox.add(delivery(3, { webhook: webhook(2).id }), 10);
      expect(await outbox.removeWebhook('other', webhook(1).id)).toBe(false);
      expect(await outbox.removeWebhook('acme', webhook(1).id)).toBe(true);
      expect(await outbox.removeWebhook('acme', webhook(1).id)).toBe(false);
      expect(await listed()).toEqual([]);
      expect(await dueIds(T + 100)).toEqual([delivery(3).id]);
      expect(await outbox.replace(delivery(1), delivery(1, { dueAt: T + 50 }))).toBe(false);
      expect(await outbox.add(delivery(4), 10)).toBe(false);
    });
  });

  it('of a deleted tenant are gone, and those of others stay', async () => {
    for (const tenant of ['acme', 'acm', 'acme2']) {
      await outbox.addWebhook(webhook(1, { tenant }), 9);
      await outbox.addWebhook(webhook(2, { tenant }), 9);
      for (const n of [1, 2]) await outbox.add(delivery(n, { tenant, webhook: webhook(n).id }), 9);
      await outbox.add({ ...ended(3), tenant }, 9);
    }
    for (let i = 0; i < 2; i++) await outbox.deleteTenant('acme');
    expect([await outbox.webhooks('acme'), await listed()]).toEqual([[], []]);
    const due = (await outbox.due({ now: T + 9, ...all })).map(({ tenant }) => tenant);
    expect(due.sort()).toEqual(['acm', 'acm', 'acme2', 'acme2']);
    expect(await outbox.webhooks('acme2')).toHaveLength(2);
    expect(await outbox.deliveries('acme2', webhook(1).id, 9)).toHaveLength(2);
  });

  describe('deliveries', () => {
    beforeEach(async () => {
      await outbox.addWebhook(webhook(1), 10);
    });

    it('are due from their time on, and are read exactly as added', async () => {
      await outbox.add(delivery(5), 10);
      await outbox.add(delivery(2), 10);
      await outbox.add(ended(1), 10);
      expect(await dueIds(T + 1)).toEqual([]);
      expect(await outbox.due({ now: T + 2, ...all })).toEqual([delivery(2)]);
      expect(await dueIds(T + 5)).toEqual([delivery(2).id, delivery(5).id]);
    });

    it('stay as they are when they are added again', async () => {
      await outbox.add(delivery(1), 1);
      expect(await outbox.add(delivery(1, { dueAt: T + 9 }), 1)).toBe(true);
      expect(await outbox.due({ now: T + 9, ...all })).toEqual([delivery(1)]);
    });

    it('are refused while too many are open; ended ones do not count', async () => {
      await outbox.add(ended(1), 2);
      expect(await outbox.add(delivery(2), 2)).toBe(true);
      expect(await outbox.add(delivery(3), 2)).toBe(true);
      expect(await outbox.add(delivery(4), 2)).toBe(false);
      expect(await outbox.add(ended(5), 2)).toBe(true);
      await outbox.replace(delivery(2), ended(2));
      expect(await outbox.add(delivery(4), 2)).toBe(true);
    });

    it('are claimed by one of many that try', async () => {
      await outbox.add(delivery(1), 10);
      const claims = Array.from({ length: 8 }, (_, i) => delivery(1, { attempts: 1, dueAt: T + 1000 + i }));
      const won = await Promise.all(claims.map((claim) => outbox.replace(delivery(1), claim)));
      expect(won.filter(Boolean)).toHaveLength(1);
      const stored = claims[won.indexOf(true)];
      expect(await outbox.due({ now: T + 5000, ...all })).toEqual([stored]);
      expect(await dueIds(T + 999)).toEqual([]);
    });

    it('are not changed by a process whose claim has passed to another', async () => {
      const [mine, others] = [delivery(1, { dueAt: T + 100 }), delivery(1, { dueAt: T + 200 })];
      await outbox.add(delivery(1), 10);
      await outbox.replace(delivery(1), mine);
      await outbox.replace(mine, others);
      expect(await outbox.replace(mine, ended(1))).toBe(false);
      expect(await outbox.replace(others, ended(1))).toBe(true);
      expect(await outbox.replace(others, delivery(1))).toBe(false);
      expect(await outbox.deliveries('acme', webhook(1).id, 10)).toEqual([ended(1)]);
      expect(await dueIds(T + 1e6)).toEqual([]);
    });

    it('are removed by a replacement with nothing', async () => {
      await outbox.add(delivery(1), 10);
      expect(await outbox.replace(delivery(1), null)).toBe(true);
      expect([await listed(), await dueIds(T + 10)]).toEqual([[], []]);
    });

    it('are listed with the latest first, and only the latest ended ones are kept', async () => {
      await outbox.add(delivery(1), 1000);
      for (let n = 2; n < KEPT_DELIVERIES + 5; n++) await outbox.add(ended(n), 1000);
      await outbox.add(delivery(KEPT_DELIVERIES + 9), 1000);
      const ids = await listed();
      expect(ids).toEqual([...ids].sort().reverse());
      expect(ids).toHaveLength(KEPT_DELIVERIES + 2);
      expect(ids.at(-1)).toBe(delivery(1).id);
      expect(ids.at(-2)).toBe(delivery(5).id);
      expect(await listed(3)).toEqual(ids.slice(0, 3));
      expect(await outbox.deliveries('other', webhook(1).id, 10)).toEqual([]);
    });

    it('of many tenants take turns', async () => {
      const tenants = ['bee', 'cat', 'dog'];
      for (const tenant of tenants) await outbox.addWebhook(webhook(1, { tenant }), 10);
      for (let n = 0; n < 20; n++) await outbox.add(delivery(n), 100);
      for (const [i, tenant] of tenants.entries()) await outbox.add(delivery(30 - i, { tenant }), 100);
      const due = async (change: object) =>
        (await outbox.due({ now: T + 100, ...all, ...change })).map(({ tenant }) => tenant);
      expect(await due({ perTenant: 2 })).toEqual(['acme', 'acme', 'dog', 'cat', 'bee']);
      expect(await due({ perTenant: 1, tenants: 2 })).toEqual(['acme', 'dog']);
      expect(await due({ tenants: 1, except: new Set(['acme', 'dog']) })).toEqual(['cat']);
    });
  });
}

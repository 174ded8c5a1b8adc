import { type Delivery, KEPT_DELIVERIES } from '../../../src/domain/webhooks/delivery.ts';
import type { Webhook } from '../../../src/domain/webhooks/webhook.ts';
import type { Outbox } from '../../../src/ports/webhooks/outbox.ts';

/** A reference implementation of `Outbox` in memory. */
export function createMemoryOutbox(): Outbox {
  const webhooks = new Map<string, Webhook>();
  const stored = new Map<string, Delivery>();
  const keyOf = (...parts: readonly string[]) => JSON.stringify(parts);
  const deliveryKey = ({ tenant, webhook, id }: Delivery) => keyOf(tenant, webhook, id);
  const of = (tenant: string) => [...webhooks.values()].filter((each) => each.tenant === tenant);
  const to = (tenant: string, webhook: string) =>
    [...stored.values()]
      .filter((each) => each.tenant === tenant && each.webhook === webhook)
      .sort((a, b) => (a.id < b.id ? 1 : -1));

  function put(delivery: Delivery): void {
    stored.set(deliveryKey(delivery), delivery);
    const ended = to(delivery.tenant, delivery.webhook).filter(({ dueAt }) => dueAt === null);
    for (const each of ended.slice(KEPT_DELIVERIES)) stored.delete(deliveryKey(each));
  }

  function remove(tenant: string, id: string): boolean {
    for (const each of to(tenant, id)) stored.delete(deliveryKey(each));
    return webhooks.delete(keyOf(tenant, id));
  }

  return {
    async addWebhook(webhook, most) {
      if (of(webhook.tenant).length >= most) return false;
      webhooks.set(keyOf(webhook.tenant, webhook.id), webhook);
      return true;
    },
    webhook: async (tenant, id) => webhooks.get(keyOf(tenant, id)) ?? null,
    webhooks: async (tenant) => of(tenant).sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1)),
    async updateWebhook(tenant, id, change) {
      const found = webhooks.get(keyOf(tenant, id));
      if (!found) return null;
      const changed = change(found);
      webhooks.set(keyOf(tenant, id), changed);
      return changed;
    },
    removeWebhook: async (tenant, id) => remove(tenant, id),
    async deleteTenant(tenant) {
      for (const { id } of of(tenant)) remove(tenant, id);
    },
    async add(delivery, mostOpen) {
      const { tenant, webhook, dueAt } = delivery;
      if (!webhooks.has(keyOf(tenant, webhook))) return false;
      if (stored.has(deliveryKey(delivery))) return true;
      const open = to(tenant, webhook).filter((each) => each.dueAt !== null);
      if (dueAt !== null && open.length >= mostOpen) return false;
      put(delivery);
      return true;
    },
    async due({ now, tenants, perTenant, except }) {
      const due = [...stored.values()]
        .filter(({ tenant, dueAt }) => dueAt !== null && dueAt <= now && !except.has(tenant))
        .sort((a, b) => Number(a.dueAt) - Number(b.dueAt));
      const first = [...new Set(due.map(({ tenant }) => tenant))].slice(0, tenants);
      return first.flatMap((tenant) => due.filter((each) => each.tenant === tenant).slice(0, perTenant));
    },
    async replace(before, after) {
      const now = stored.get(deliveryKey(before));
      if (!now || now.dueAt === null || now.dueAt !== before.dueAt) return false;
      stored.delete(deliveryKey(before));
      if (after) put(after);
      return true;
    },
    deliveries: async (tenant, webhook, limit) => to(tenant, webhook).slice(0, limit),
    async [Symbol.asyncDispose]() {},
  };
}

import type { Database } from 'lmdb';
import { type Delivery, KEPT_DELIVERIES } from '../../domain/webhooks/delivery.ts';
import type { Webhook } from '../../domain/webhooks/webhook.ts';
import type { Outbox } from '../../ports/webhooks/outbox.ts';
import { type EnvironmentOptions, openEnvironment } from './environment.ts';
import { stringsUnder } from './tables.ts';

type DueKey = [tenant: string, dueAt: number, webhook: string, id: string];

/** Webhooks and their deliveries in the folder `path`, an environment of its own. For one process. */
export function createLmdbOutbox(options: Pick<EnvironmentOptions, 'path' | 'onWriteError'>): Outbox {
  const environment = openEnvironment({ ...options, maxDbs: 4 });
  /** [tenant, webhook] */
  const webhooks: Database<Webhook, string[]> = environment.table('webhooks', 'json');
  /** [tenant, webhook, id] of deliveries with `dueAt`, and of those without. */
  const open: Database<Delivery, string[]> = environment.table('open', 'json');
  const ended: Database<Delivery, string[]> = environment.table('ended', 'json');
  const dueTable: Database<true, DueKey> = environment.table('due', 'json');
  const keyOf = ({ tenant, webhook, id }: Delivery) => [tenant, webhook, id];

  /** Inside a transaction. */
  function put(delivery: Delivery): void {
    const { tenant, webhook, id, dueAt } = delivery;
    if (dueAt !== null) {
      open.put(keyOf(delivery), delivery);
      dueTable.put([tenant, dueAt, webhook, id], true);
      return;
    }
    ended.put(keyOf(delivery), delivery);
    const keys = [...ended.getKeys(stringsUnder([tenant, webhook]))];
    for (const key of keys.slice(0, -KEPT_DELIVERIES)) ended.remove(key);
  }

  /** Inside a transaction. */
  function removeOpen(delivery: Delivery): void {
    const { tenant, webhook, id, dueAt } = delivery;
    open.remove(keyOf(delivery));
    if (dueAt !== null) dueTable.remove([tenant, dueAt, webhook, id]);
  }

  /** Inside a transaction. */
  function remove(tenant: string, id: string): boolean {
    if (!webhooks.doesExist([tenant, id])) return false;
    webhooks.remove([tenant, id]);
    const range = stringsUnder([tenant, id]);
    for (const { value } of [...open.getRange(range)]) removeOpen(value);
    for (const key of [...ended.getKeys(range)]) ended.remove(key);
    return true;
  }

  /** The tenants with deliveries that are due, in the order of their first one. One lookup per tenant. */
  function dueTenants(now: number, except: ReadonlySet<string>): readonly string[] {
    const found: { readonly tenant: string; readonly dueAt: number }[] = [];
    const firstFrom = (start: readonly string[]): DueKey | undefined =>
      [...dueTable.getKeys({ start: start as unknown as DueKey, limit: 1 })][0];
    let key = firstFrom(['']);
    while (key) {
      const [tenant, dueAt] = key;
      if (dueAt <= now && !except.has(tenant)) found.push({ tenant, dueAt });
      // Texts sort after numbers, so this is behind all keys of the tenant.
      key = firstFrom([tenant, '']);
    }
    return found.sort((a, b) => a.dueAt - b.dueAt).map(({ tenant }) => tenant);
  }

  const writeThrough = async <T>(work: () => T): Promise<T> => {
    const result = await environment.commit(work);
    await environment.flushed();
    return result;
  };

  return {
    addWebhook: (webhook, most) =>
      writeThrough(() => {
        if ([...webhooks.getKeys(stringsUnder([webhook.tenant]))].length >= most) return false;
        webhooks.put([webhook.tenant, webhook.id], webhook);
        return true;
      }),
    webhook: async (tenant, id) => webhooks.get([tenant, id]) ?? null,
    async webhooks(tenant) {
      const found = [...webhooks.getRange(stringsUnder([tenant]))].map(({ value }) => value);
      return found.sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1));
    },
    updateWebhook: (tenant, id, change) =>
      writeThrough(() => {
        const found = webhooks.get([tenant, id]);
        if (!found) return null;
        const changed = change(found);
        webhooks.put([tenant, id], changed);
        return changed;
      }),
    removeWebhook: (tenant, id) => environment.commit(() => remove(tenant, id), 'frees'),
    async deleteTenant(tenant) {
      const ids = [...webhooks.getKeys(stringsUnder([tenant]))].map(([, id = '']) => id);
      for (const id of ids) await environment.commit(() => remove(tenant, id), 'frees');
      await environment.flushed();
    },

    add: (delivery, mostOpen) =>
      environment.commit(() => {
        const { tenant, webhook, dueAt } = delivery;
        if (!webhooks.doesExist([tenant, webhook])) return false;
        const key = keyOf(delivery);
        if (open.doesExist(key) || ended.doesExist(key)) return true;
        if (dueAt !== null && open.getKeysCount(stringsUnder([tenant, webhook])) >= mostOpen) return false;
        put(delivery);
        return true;
      }),
    async due({ now, tenants, perTenant, except }) {
      return dueTenants(now, except)
        .slice(0, tenants)
        .flatMap((tenant) => {
          const range = {
            start: [tenant, 0] as unknown as DueKey,
            end: [tenant, now, '\uffff', ''] as DueKey,
          };
          const keys = [...dueTable.getKeys({ ...range, limit: perTenant })];
          return keys.flatMap(([, , webhook, id]) => open.get([tenant, webhook, id]) ?? []);
        });
    },
    replace: (before, after) =>
      environment.commit(() => {
        const stored = open.get(keyOf(before));
        if (!stored || stored.dueAt !== before.dueAt) return false;
        removeOpen(stored);
        if (after) put(after);
        return true;
      }),
    async deliveries(tenant, webhook, limit) {
      const range = { ...stringsUnder([tenant, webhook]) };
      const latest = (table: typeof open) =>
        [...table.getRange({ start: range.end, end: range.start, reverse: true, limit })].map(
          ({ value }) => value,
        );
      return [...latest(open), ...latest(ended)].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
    },
    [Symbol.asyncDispose]: environment.close,
  };
}

import type { Delivery } from '../../../domain/webhooks/delivery.ts';
import type { Webhook } from '../../../domain/webhooks/webhook.ts';
import type { DueRequest, Outbox } from '../../../ports/webhooks/outbox.ts';
import { type Redis, withStoreErrors } from '../connection.ts';
import { deliveryKeys, dueKey, scriptKeys, TENANTS, webhooksKey } from './keys.ts';
import * as scripts from './scripts.ts';

/** Webhooks and their deliveries in Redis, for any number of processes. The caller closes the connection. */
export function createRedisOutbox(redis: Redis): Outbox {
  const parsed = <T>(texts: readonly (string | null)[]): T[] =>
    texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as T]));

  /** The data of these ids of one webhook. Skips those that were removed in between. */
  async function read(tenant: string, webhook: string, ids: readonly string[]): Promise<Delivery[]> {
    if (ids.length === 0) return [];
    return parsed<Delivery>(await redis.hmget(deliveryKeys(tenant, webhook).data, ...ids));
  }

  async function dueOf(tenant: string, { now, perTenant }: DueRequest): Promise<readonly Delivery[]> {
    const members = await redis.zrangebyscore(dueKey(tenant), '-inf', now, 'LIMIT', 0, perTenant);
    const found = members.map(async (member) => {
      const slash = member.indexOf('/');
      return read(tenant, member.slice(0, slash), [member.slice(slash + 1)]);
    });
    return (await Promise.all(found)).flat();
  }

  const remove = async (tenant: string, id: string) =>
    (await scripts.removeWebhook(redis, scriptKeys(tenant, id), [tenant, id])) === 1;
  const textOf = (dueAt: number | null | undefined) => (dueAt === null || dueAt === undefined ? '' : dueAt);

  return {
    addWebhook: (webhook, most) =>
      withStoreErrors(async () => {
        const { tenant, id } = webhook;
        const args = [tenant, id, JSON.stringify(webhook), most];
        return (await scripts.addWebhook(redis, scriptKeys(tenant, id), args)) === 1;
      }),
    webhook: (tenant, id) =>
      withStoreErrors(async () => {
        const [found = null] = parsed<Webhook>([await redis.hget(webhooksKey(tenant), id)]);
        return found;
      }),
    webhooks: (tenant) =>
      withStoreErrors(async () => {
        const all = await redis.hgetall(webhooksKey(tenant));
        const found = parsed<Webhook>(Object.values(all));
        return found.sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1));
      }),
    updateWebhook: (tenant, id, change) =>
      withStoreErrors(async () => {
        for (;;) {
          const text = await redis.hget(webhooksKey(tenant), id);
          if (text === null) return null;
          const changed = change(JSON.parse(text) as Webhook);
          const args = [tenant, id, text, JSON.stringify(changed)];
          if ((await scripts.updateWebhook(redis, scriptKeys(tenant, id), args)) === 1) return changed;
        }
      }),
    removeWebhook: (tenant, id) => withStoreErrors(() => remove(tenant, id)),
    deleteTenant: (tenant) =>
      withStoreErrors(async () => {
        for (const id of await redis.hkeys(webhooksKey(tenant))) await remove(tenant, id);
      }),

    add: (delivery, mostOpen) =>
      withStoreErrors(async () => {
        const { tenant, webhook, id, dueAt } = delivery;
        const args = [tenant, webhook, id, JSON.stringify(delivery), textOf(dueAt), mostOpen];
        return (await scripts.add(redis, scriptKeys(tenant, webhook), args)) === 1;
      }),
    due: (request) =>
      withStoreErrors(async () => {
        const { now, tenants, except } = request;
        const most = tenants + except.size;
        const found = await redis.zrangebyscore(TENANTS, '-inf', now, 'LIMIT', 0, most);
        const free = found.filter((tenant) => !except.has(tenant)).slice(0, tenants);
        return (await Promise.all(free.map((tenant) => dueOf(tenant, request)))).flat();
      }),
    replace: (before, after) =>
      withStoreErrors(async () => {
        const { tenant, webhook, id, dueAt } = before;
        if (dueAt === null) return false;
        const next = after ? [JSON.stringify(after), textOf(after.dueAt)] : ['', ''];
        const args = [tenant, webhook, id, dueAt, ...next];
        return (await scripts.replace(redis, scriptKeys(tenant, webhook), args)) === 1;
      }),
    deliveries: (tenant, webhook, limit) =>
      withStoreErrors(async () => {
        const { open, ended } = deliveryKeys(tenant, webhook);
        const latest = (key: string) => redis.zrange(key, String(-limit), '-1');
        const ids = (await Promise.all([latest(open), latest(ended)])).flat();
        const newest = [...new Set(ids)].sort().reverse().slice(0, limit);
        return read(tenant, webhook, newest);
      }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

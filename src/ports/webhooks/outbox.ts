import type { TenantId } from '../../domain/task.ts';
import type { Delivery } from '../../domain/webhooks/delivery.ts';
import type { Webhook } from '../../domain/webhooks/webhook.ts';
import type { TenantData } from '../stores/tenant-data.ts';

export interface DueRequest {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Maximum number of tenants, and of deliveries of each. */
  readonly tenants: number;
  readonly perTenant: number;
  /** Skips these tenants. */
  readonly except: ReadonlySet<TenantId>;
}

/**
 * The durable store of webhooks and of the messages to them. When the promise of a write resolves, the write survives a
 * crash of this process. Each method is atomic. Every process may send every delivery; `replace` decides which one does.
 * No method but `due` reads data of another tenant. Implementations must pass `test/support/contracts/outbox.ts`.
 */
export interface Outbox extends TenantData, AsyncDisposable {
  /** False, and nothing is stored, when the tenant has `most` webhooks. */
  addWebhook(webhook: Webhook, most: number): Promise<boolean>;
  webhook(tenant: TenantId, id: string): Promise<Webhook | null>;
  /** Oldest first. */
  webhooks(tenant: TenantId): Promise<readonly Webhook[]>;
  /** Answers the changed webhook, or null when there is none. `change` is called again after a concurrent change. */
  updateWebhook(tenant: TenantId, id: string, change: (webhook: Webhook) => Webhook): Promise<Webhook | null>;
  /** Removes the webhook and its deliveries. False when there is none. */
  removeWebhook(tenant: TenantId, id: string): Promise<boolean>;

  /**
   * Adds a delivery. False, and nothing is stored, when its webhook does not exist, or when the delivery has a `dueAt` and
   * the webhook has `mostOpen` of these already. Of deliveries without a `dueAt`, the latest `KEPT_DELIVERIES` are kept.
   * A delivery whose id is stored already stays as it is, so a call without an answer can be repeated.
   */
  add(delivery: Delivery, mostOpen: number): Promise<boolean>;
  /** Deliveries with `dueAt` ≤ `now`. Both the tenants and the deliveries of each come in the order of `dueAt`. */
  due(request: DueRequest): Promise<readonly Delivery[]>;
  /**
   * Replaces `before` with `after`, or removes it. False, and nothing is changed, when the stored delivery has another
   * `dueAt` than `before`, or none, or was removed.
   */
  replace(before: Delivery, after: Delivery | null): Promise<boolean>;
  /** The latest `limit` deliveries, the latest first. */
  deliveries(tenant: TenantId, webhook: string, limit: number): Promise<readonly Delivery[]>;
}

import type { Attempt } from '../../domain/webhooks/delivery.ts';

/** Sends messages to addresses that callers chose, and reaches no address that callers must not reach. */
export interface WebhookSender {
  /**
   * The requirement that forbids sending to this URL; null if it meets all. Resolves no name.
   */
  refusal(url: string): string | null;
  /**
   * Posts `body` once. Follows no redirect: it is an answer like any other. Never rejects; without an answer the attempt
   * says why. The reason is for the tenant, so it names no address of this network.
   */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Attempt>;
}

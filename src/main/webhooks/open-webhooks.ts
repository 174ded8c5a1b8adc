import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readKeyFile } from '../../adapters/webhooks/key-file.ts';
import { createWebhookSender } from '../../adapters/webhooks/webhook-sender.ts';
import { itemsOf } from '../../config/parse.ts';
import type { Config } from '../../config.ts';
import type { WebhookOptions } from '../../service/webhooks/webhook-options.ts';
import { readVersion } from '../version.ts';

/** Beside the data, so that a restored backup can decrypt it. */
const KEY_FILE = 'webhooks.key';

/** @throws InnerloopError `invalid_config` when the file of the key is damaged */
export async function openWebhooks(config: Config): Promise<WebhookOptions> {
  return {
    sender: createWebhookSender({
      networks: itemsOf(config.WEBHOOK_NETWORKS),
      userAgent: `Innerloop/${readVersion()}`,
    }),
    key: await openKey(config),
    randomBytes,
    retryAfterMs: itemsOf(config.WEBHOOK_RETRY_SECONDS).map((seconds) => 1000 * Number(seconds)),
    mostWaiting: config.WEBHOOK_MAX_WAITING,
  };
}

/** Null over Redis without WEBHOOK_KEY: each process has its own folder, so none can make a key for all. */
async function openKey({ WEBHOOK_KEY, REDIS_URL, DATA_DIR }: Config): Promise<Buffer | null> {
  if (WEBHOOK_KEY !== '') return Buffer.from(WEBHOOK_KEY, 'base64');
  return REDIS_URL === '' ? readKeyFile(join(DATA_DIR, KEY_FILE)) : null;
}

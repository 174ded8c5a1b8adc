import { describe, expect, it } from 'vitest';
import { createLmdbOutbox } from '../../../src/adapters/lmdb/outbox.ts';
import { delivery, describeOutboxContract, webhook } from '../../support/contracts/outbox.ts';
import { scratchFolder } from '../../support/scratch.ts';

describe('LMDB outbox', () => {
  describeOutboxContract(async () => createLmdbOutbox({ path: await scratchFolder() }));

  it('finds webhooks and deliveries after it is opened again', async () => {
    const path = await scratchFolder();
    {
      await using outbox = createLmdbOutbox({ path });
      await outbox.addWebhook(webhook(1), 1);
      await outbox.add(delivery(1), 1);
    }
    await using outbox = createLmdbOutbox({ path });
    expect(await outbox.webhooks('acme')).toEqual([webhook(1)]);
    const request = { now: 2e12, tenants: 1, perTenant: 1, except: new Set<string>() };
    expect(await outbox.due(request)).toEqual([delivery(1)]);
  });
});

import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { openWebhooks } from '../../../src/main/webhooks/open-webhooks.ts';
import { createWebhooks } from '../../../src/service/webhooks/webhooks.ts';
import { createMemoryOutbox } from '../../support/memory/outbox.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { manualClock } from '../../support/webhooks/in-memory.ts';

const open = (environment: Readonly<Record<string, string>>) => openWebhooks(parseConfig(environment));

describe('the key of webhooks', () => {
  it('is created once in the data folder, for its owner alone', async () => {
    const DATA_DIR = await scratchFolder();
    const { key } = await open({ DATA_DIR });
    expect(key).toHaveLength(32);
    expect((await stat(join(DATA_DIR, 'webhooks.key'))).mode & 0o777).toBe(0o600);
    expect((await open({ DATA_DIR })).key).toEqual(key);
  });

  it('is that of the setting, if there is one', async () => {
    const DATA_DIR = await scratchFolder();
    const key = randomBytes(32);
    expect((await open({ DATA_DIR, WEBHOOK_KEY: key.toString('base64') })).key).toEqual(key);
    await expect(readFile(join(DATA_DIR, 'webhooks.key'))).rejects.toThrow('ENOENT');
  });

  it('must be whole: a damaged file is refused with its name', async () => {
    const DATA_DIR = await scratchFolder();
    await writeFile(join(DATA_DIR, 'webhooks.key'), 'c2hvcnQ=');
    const words = /webhooks\.key.*got 5: restore the file/;
    await expect(open({ DATA_DIR })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringMatching(words),
    });
  });

  it('is not repeated when the setting is wrong', () => {
    const wrong = () => parseConfig({ WEBHOOK_KEY: 'too-short-secret' });
    expect(wrong).toThrow(/WEBHOOK_KEY/);
    expect(wrong).not.toThrow(/too-short-secret/);
  });

  it('is missing over Redis without the setting, and the creation of a webhook says so', async () => {
    const options = await open({ REDIS_URL: 'redis://127.0.0.1:1' });
    expect(options.key).toBeNull();
    const store = { adaptation: async () => null };
    const webhooks = createWebhooks({
      webhooks: options,
      outbox: createMemoryOutbox(),
      store,
      clock: manualClock(),
      onError: () => undefined,
    });
    const creating = webhooks.create('acme', { url: 'https://example.com/', events: ['adaptation.failed'] });
    await expect(creating).rejects.toMatchObject({
      code: 'webhooks_not_configured',
      message: expect.stringContaining('ask the operator for the setting WEBHOOK_KEY'),
    });
    expect(await webhooks.list('acme')).toEqual([]);
  });
});

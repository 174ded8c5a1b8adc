import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../support/redis/ready.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { post } from '../../support/servers/post.ts';
import { serve } from '../../support/servers/serve.ts';

/** The lines that a program prints, as it prints them. */
async function startReceiver(environment: Readonly<Record<string, string>>) {
  const page = await readFile(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const file = join(await scratchFolder(), 'receiver.mts');
  await writeFile(file, program);
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return async () => (await lines.next()).value as string;
}

it('the receiver of docs/webhooks.md takes a message of the service, and refuses a forged one', async () => {
  const api = await serve({ WEBHOOK_NETWORKS: '127.0.0.0/8' });
  const PORT = String(await freePort());
  const url = `http://127.0.0.1:${PORT}/`;
  const created = await post(api, '/webhooks', { url, events: ['adaptation.succeeded'] });
  const { id, secret } = (await created.json()) as { id: string; secret: string };
  const nextLine = await startReceiver({ PORT, WEBHOOK_SECRET: secret });
  expect(await nextLine()).toBe('listening');

  const sent = (await (await post(api, `/webhooks/${id}/test`, {})).json()) as { id: string };
  expect(sent).toMatchObject({ status: 'succeeded', response: 204 });
  expect(await nextLine()).toBe(`${sent.id} webhook.test`);

  const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) };
  for (const signature of ['', 'v1,AAAA', `v1,${'A'.repeat(43)}=`]) {
    const forged = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'webhook-signature': signature },
      body: '{"type":"adaptation.succeeded"}',
    });
    expect(forged.status).toBe(400);
  }
  // After a rotation, the former secret still verifies.
  await post(api, `/webhooks/${id}/rotate`, {});
  const again = (await (await post(api, `/webhooks/${id}/test`, {})).json()) as { id: string };
  expect(await nextLine()).toBe(`${again.id} webhook.test`);
});

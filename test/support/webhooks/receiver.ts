import { createHmac } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { bodyOf } from '../servers/body-of.ts';

export interface ReceivedMessage {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** The status of the answer. */
  readonly status: number;
  /** Whether a secret has signed it. */
  isSignedBy(secret: string): boolean;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedMessage[];
  /** The status of all later answers. Default: 204. */
  answer(status: number): void;
  /** Resolves with the first message, received or still to come, that passes. */
  first(passes: (message: ReceivedMessage) => boolean): Promise<ReceivedMessage>;
}

/** A server on this machine that keeps the messages of webhooks. It ends with the running test. */
export async function startReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedMessage[] = [];
  const arrivals = new EventEmitter();
  let status = 204;
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (body === null) return;
    const header = (name: string) => String(request.headers[`webhook-${name}`]);
    const [id, time, signatures] = [header('id'), header('timestamp'), header('signature').split(' ')];
    const isRecent = Math.abs(Date.now() / 1000 - Number(time)) < 60;
    const { type, data } = JSON.parse(body);
    const isSignedBy = (secret: string) => {
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const right = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
      return isRecent && signatures.includes(`v1,${right}`);
    };
    received.push({ id, type, data, status, isSignedBy });
    response.writeHead(status).end();
    arrivals.emit('message');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer(next) {
      status = next;
    },
    async first(passes) {
      for (;;) {
        const found = received.find(passes);
        if (found) return found;
        await once(arrivals, 'message');
      }
    },
  };
}

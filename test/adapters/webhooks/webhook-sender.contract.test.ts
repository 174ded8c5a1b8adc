import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createWebhookSender,
  type WebhookSenderOptions,
} from '../../../src/adapters/webhooks/webhook-sender.ts';
import { bodyOf } from '../../support/servers/body-of.ts';
import { localCertificate } from '../../support/servers/certificate.ts';

const options = { networks: ['127.0.0.0/8'], userAgent: 'Innerloop/test' };
const sender = (change: Partial<WebhookSenderOptions> = {}) => createWebhookSender({ ...options, ...change });

async function listening(
  server: Server & { closeAllConnections?(): void },
  host = '127.0.0.1',
  at = 0,
): Promise<number> {
  server.listen(at, host);
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections?.();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
const receiver = (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
  listening(createServer(answer));

/** A thread listens there and accepts nothing. Its queue of connections is full, so further ones get no response. */
async function unresponsiveAt(host: string, port: number): Promise<void> {
  const listen = `
    const { parentPort } = require('node:worker_threads');
    const server = require('node:net').createServer();
    server.listen({ host: '${host}', port: ${port}, backlog: 1 }, () => {
      parentPort.postMessage('listening');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`;
  const thread = new Worker(listen, { eval: true });
  onTestFinished(() => void thread.terminate());
  await once(thread, 'message');
  const sockets = Array.from({ length: 4 }, () => connect(port, host).on('error', () => undefined));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  await once(sockets[0] as (typeof sockets)[number], 'connect');
}

describe('a webhook sender', () => {
  it('posts the body with its headers, and answers the status', async () => {
    const got: unknown[] = [];
    const port = await receiver(async (request, response) => {
      const { host, 'user-agent': agent, 'webhook-id': id, 'content-length': length } = request.headers;
      got.push([request.method, request.url, { host, agent, id, length }, await bodyOf(request)]);
      response.writeHead(202).end('{"ok":true}');
    });
    const url = `http://localhost:${port}/a?b=c`;
    expect(await sender().post(url, { 'webhook-id': 'msg_1' }, '{"é":1}')).toEqual({
      status: 202,
      error: null,
    });
    const headers = { host: `localhost:${port}`, agent: 'Innerloop/test', id: 'msg_1', length: '8' };
    expect(got).toEqual([['POST', '/a?b=c', headers, '{"é":1}']]);
  });

  it('connects to the very address that it has checked, and resolves the name once', async () => {
    const port = await receiver((_request, response) => void response.writeHead(204).end());
    let asked = 0;
    // A name server that answers a public address first and a local one later would find no second question.
    const resolve = async () => {
      asked += 1;
      return asked === 1 ? ['10.9.9.9', '127.0.0.1'] : ['10.9.9.9'];
    };
    const attempt = await sender({ resolve }).post(`http://hook.example:${port}/`, {}, '{}');
    expect([attempt.status, asked]).toEqual([204, 1]);
  });

  it('tries the next address when no connection can be made to the first', async () => {
    const port = await receiver((_request, response) => void response.writeHead(204).end());
    // Nothing listens at 127.0.0.2. No network routes 192.0.2.1: it is refused at once, or does not respond.
    for (const first of ['127.0.0.2', '192.0.2.1']) {
      const resolve = async () => [first, '127.0.0.1'];
      const networks = ['127.0.0.0/8', '192.0.2.1'];
      const attempt = await sender({ resolve, networks, timeoutMs: 2000 }).post(
        `http://hook.example:${port}/`,
        {},
        '{}',
      );
      expect(attempt).toEqual({ status: 204, error: null });
    }
  });

  it('tries the next address also when the name server has taken most of the time', async () => {
    const port = await receiver((_request, response) => void response.writeHead(204).end());
    await unresponsiveAt('127.0.0.2', port);
    const resolve = () => setTimeout(1200, ['127.0.0.2', '127.0.0.1']);
    const attempt = await sender({ resolve, timeoutMs: 2000 }).post(`http://hook.example:${port}/`, {}, '{}');
    expect(attempt).toEqual({ status: 204, error: null });
  });

  it('says why when no connection can be made to any address, and never tries one that is not allowed', async () => {
    let requests = 0;
    const port = await receiver((_request, response) => {
      requests += 1;
      response.writeHead(204).end();
    });
    const resolve = async () => ['127.0.0.2', '127.0.0.1', '127.0.0.3'];
    const networks = ['127.0.0.2/31'];
    const attempt = await sender({ resolve, networks }).post(`http://hook.example:${port}/`, {}, '{}');
    expect(attempt).toEqual({ status: null, error: 'The connection failed: ECONNREFUSED' });
    expect(requests).toBe(0);
  });

  it('sends to no other address after a connection stood', async () => {
    const bodies: (string | null)[] = [];
    const port = await receiver(async (request) => {
      bodies.push(await bodyOf(request));
      request.socket.destroy();
    });
    const answering = createServer((_request, response) => {
      bodies.push('at the second address');
      response.writeHead(204).end();
    });
    await listening(answering, '127.0.0.2', port);
    const resolve = async () => ['127.0.0.1', '127.0.0.2'];
    const attempt = await sender({ resolve }).post(`http://hook.example:${port}/`, {}, '{}');
    expect([attempt.status, bodies]).toEqual([null, ['{}']]);
  });

  it('follows no redirect', async () => {
    let requests = 0;
    const port = await receiver((_request, response) => {
      requests += 1;
      response.writeHead(307, { location: '/again' }).end();
    });
    expect(await sender().post(`http://127.0.0.1:${port}/`, {}, '{}')).toEqual({ status: 307, error: null });
    expect(requests).toBe(1);
  });

  it('reads at most 64 KiB of an answer that never ends', async () => {
    let written = 0;
    const port = await receiver((_request, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(16 * 1024);
      const pour = () => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length;
      };
      response.on('drain', pour);
      pour();
    });
    const started = performance.now();
    expect((await sender().post(`http://127.0.0.1:${port}/`, {}, '{}')).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(4000);
    // What the sockets buffer comes on top.
    expect(written).toBeLessThan(16 * 1024 * 1024);
  });

  it('gives up after its time: without an answer it has failed, with a status it has not', async () => {
    const silent = await receiver(() => undefined);
    const quick = sender({ timeoutMs: 200 });
    const late = { status: null, error: 'No answer within 200 ms' };
    expect(await quick.post(`http://127.0.0.1:${silent}/`, {}, '{}')).toEqual(late);
    const slow = await receiver((_request, response) => void response.writeHead(200).write('…'));
    expect(await quick.post(`http://127.0.0.1:${slow}/`, {}, '{}')).toEqual({ status: 200, error: null });
    const resolve = (_name: string, signal: AbortSignal) =>
      new Promise<string[]>((done) => signal.addEventListener('abort', () => done([])));
    const unresolved = sender({ timeoutMs: 50, resolve });
    expect((await unresolved.post('http://hook.example/', {}, '{}')).error).toMatch(
      /not resolved within 50 ms/,
    );
  });

  it('fails when nothing answers, without naming an address', async () => {
    const port = await listening(createTcpServer((socket) => socket.destroy()));
    const attempt = await sender().post(`http://localhost:${port}/`, {}, '{}');
    expect(attempt).toEqual({
      status: null,
      error: expect.stringMatching(/^The connection (failed|was closed)/),
    });
    expect(attempt.error).not.toContain('127.0.0.1');
  });

  it('refuses headers that are too large, and an answer that is no HTTP', async () => {
    const large = await receiver(
      (_request, response) => void response.writeHead(200, { 'x-large': 'x'.repeat(20_000) }).end(),
    );
    expect((await sender().post(`http://127.0.0.1:${large}/`, {}, '{}')).error).toContain(
      'HPE_HEADER_OVERFLOW',
    );
    const other = await listening(createTcpServer((socket) => void socket.end('SSH-2.0-x\r\n')));
    expect((await sender().post(`http://127.0.0.1:${other}/`, {}, '{}')).status).toBeNull();
  });

  it('checks the certificate for the name in the URL', async () => {
    const { key, cert } = localCertificate();
    const port = await listening(
      createTlsServer({ key, cert }, (_request, response) => void response.writeHead(204).end()),
    );
    const resolve = async () => ['127.0.0.1'];
    const trusting = sender({ ca: cert, resolve });
    expect((await trusting.post(`https://localhost:${port}/`, {}, '{}')).status).toBe(204);
    const atSecond = sender({ ca: cert, resolve: async () => ['127.0.0.2', '127.0.0.1'] });
    expect((await atSecond.post(`https://localhost:${port}/`, {}, '{}')).status).toBe(204);
    const otherName = await trusting.post(`https://hook.example:${port}/`, {}, '{}');
    expect(otherName).toEqual({
      status: null,
      error: 'The connection failed: ERR_TLS_CERT_ALTNAME_INVALID',
    });
    const unknown = await sender({ resolve }).post(`https://localhost:${port}/`, {}, '{}');
    expect(unknown.error).toMatch(/SELF_SIGNED/);
  });
});

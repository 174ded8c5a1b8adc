import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const GiB = 1024 ** 3;
const MiB = 1024 ** 2;

interface Outcome {
  readonly status: number;
  readonly problem: Record<string, string>;
  /** The largest growth of the process during the request. The process is both client and server. */
  readonly grown: number;
  readonly sent: number;
}

/** Sends `head`, then up to a gigabyte of `filler`, unless an answer comes first. */
async function pour(headers: Record<string, string>, head: string, filler: string): Promise<Outcome> {
  const { port } = http.app.server.address() as AddressInfo;
  const client = request({ port, method: 'POST', path: '/tasks/huge/adapt', headers, agent: false });
  const answered = new Promise<{ status: number; body: string }>((resolve, reject) => {
    client.on('error', reject);
    client.once('response', async (response) => {
      let body = '';
      for await (const chunk of response.setEncoding('utf8')) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    });
  });
  let over = false;
  const end = () => {
    over = true;
  };
  answered.then(end, end);
  const chunk = Buffer.alloc(MiB, filler);
  const before = process.memoryUsage.rss();
  let [peak, sent] = [before, 0];
  client.write(head);
  while (!over && sent < GiB) {
    const flowing = client.write(chunk);
    sent += chunk.length;
    peak = Math.max(peak, process.memoryUsage.rss());
    if (!flowing)
      await Promise.race([new Promise((resolve) => client.once('drain', resolve)), answered.catch(() => 0)]);
    await nextTurn();
  }
  // The client disconnects after the refusal.
  if (over) client.destroy();
  else client.end();
  const { status, body } = await answered;
  return { status, problem: JSON.parse(body), grown: peak - before, sent };
}

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'multipart/form-data; boundary=frontier' };
const part = '--frontier\r\nContent-Disposition: form-data; name="a"; filename="a.png"\r\n\r\n';

describe('a body of a gigabyte', () => {
  beforeAll(async () => {
    await http.app.listen({ port: 0, host: '127.0.0.1' });
  });

  it.each([
    ['as JSON that says its length', { ...json, 'content-length': String(GiB) }, '[', ' '],
    ['as JSON in chunks', json, '[', ' '],
    ['as a form that says its length', { ...form, 'content-length': String(GiB) }, part, 'x'],
    ['as a form in chunks', form, part, 'x'],
  ])('%s is refused with the limit, and is not held in memory', async (_how, headers, head, filler) => {
    const { status, problem, grown, sent } = await pour(headers, head, filler);
    expect(status).toBe(413);
    expect(problem).toMatchObject({ code: 'payload_too_large', status: 413 });
    expect(problem.expected).toMatch(/at most (33554432|20971520|268435456) bytes/);
    expect(sent).toBeLessThan(GiB);
    // At most one body of the largest allowed size is in memory, once as bytes and once as text.
    expect(grown).toBeLessThan(160 * MiB);
    expect((await http.app.inject({ url: '/tasks/huge' })).statusCode).toBe(404);
  });
});

import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/http/limits.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({
  environment: { HOST: '0.0.0.0' },
  limits: { ...defaultLimits, predictions: 8, bodiesBytes: 4000, arrivalMs: 1000 },
});
let url: string;
beforeAll(async () => {
  await http.app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(http.app.server.address() as AddressInfo).port}/tasks/none/predict`;
});

async function callerOf(tenant: string) {
  const { token } = await http.keys.issue(tenant);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = (length: number) =>
    request(url, { method: 'POST', headers: { ...headers, 'content-length': length } });
  return {
    async predict() {
      const body = '{"inputs":[[1]]}';
      const [response] = await once(post(body.length).end(body), 'response');
      response.resume();
      return response.statusCode;
    },
    /** Sends headers without the declared body, and returns the final answer. */
    async announce(length: number) {
      // The server may end the connection after its answer.
      const sent = post(length).on('error', () => undefined);
      const answer = once(sent, 'response').then(([{ statusCode }]) => statusCode);
      const arrived = once(http.app.server, 'request');
      sent.flushHeaders();
      await arrived;
      return { answer };
    },
  };
}

it.each([
  { what: 'bytes', bodies: 1, length: 1000 },
  { what: 'predictions', bodies: 2, length: 100 },
])(
  'a tenant may use a quarter of the $what, also while requests arrive',
  async ({ what, bodies, length }) => {
    const [greedy, other] = [await callerOf(`greedy-${what}`), await callerOf(`other-${what}`)];
    const announced = [];
    for (let i = 0; i < bodies; i++) announced.push(await greedy.announce(length));
    expect(await greedy.predict()).toBe(503);
    expect(await other.predict()).toBe(404);
    for (const { answer } of announced) expect(await answer).toBe(408);
    await expect.poll(() => greedy.predict()).toBe(404);
  },
);

it('a tenant can send one body of any size', async () => {
  const caller = await callerOf('large');
  const { answer } = await caller.announce(3000);
  expect(await answer).toBe(408);
});

import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/http/limits.ts';
import { points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const busy = { status: 503, code: 'unavailable' };

describe('an overloaded server', () => {
  const started = startApp({
    limits: { ...defaultLimits, predictions: 2, bodiesBytes: 1000, fileBytes: 200 },
  });
  let url: string;
  beforeAll(async () => {
    await started.app.listen({ port: 0, host: '127.0.0.1' });
    url = `http://127.0.0.1:${(started.app.server.address() as AddressInfo).port}`;
    expect((await post('/tasks/signs/adapt', points, { prefer: 'wait=20' })).status).toBe(200);
  });

  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const infer = () =>
    post('/v2/models/signs/infer', {
      inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 0] }],
    });
  const predict = () => post('/tasks/signs/predict', { inputs: [[1, 0]] });

  /** A request that declares a body but sends it only when the test wants. */
  async function held(path: string, text: string, length = text.length, type = 'application/json') {
    const sent: ClientRequest = request(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': type, 'content-length': length },
    });
    // The server may end the connection after its answer.
    sent.on('error', () => undefined);
    const response = once(sent, 'response') as Promise<[IncomingMessage]>;
    response.catch(() => undefined);
    const arrived = once(started.app.server, 'request');
    sent.flushHeaders();
    await arrived;
    return {
      async finish() {
        sent.end(text);
        const [{ statusCode }] = await response;
        return statusCode;
      },
      leave: () => sent.destroy(),
    };
  }
  const refused = async (ask: () => Promise<Response>) => {
    const answer = await ask();
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject(busy);
  };
  const admitted = () => expect.poll(async () => (await predict()).status).toBe(200);

  it('refuses more predictions than its limit, and accepts predictions again after others have ended', async () => {
    const body = JSON.stringify({ inputs: [[1, 0]] });
    const first = await held('/tasks/signs/predict', body);
    const second = await held('/tasks/signs/predict', body);
    await refused(predict);
    const inferred = await infer();
    expect([inferred.status, inferred.headers.get('retry-after'), await inferred.json()]).toEqual([
      503,
      '1',
      { error: '2 predictions are in progress: try again soon' },
    ]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/tasks/signs`)).status).toBe(200);
    expect(await first.finish()).toBe(200);
    await admitted();
    second.leave();
    await admitted();
  });

  it('refuses bodies that are too large together, and accepts a single large body', async () => {
    const first = await held('/tasks/signs/predict', '', 900);
    await refused(() => post('/tasks/other/adapt', { ...points, metadata: { note: 'x'.repeat(200) } }));
    first.leave();
    await admitted();
    const large = { ...points, metadata: { one: 'x'.repeat(500), two: 'x'.repeat(500) } };
    expect((await post('/tasks/other/adapt', large)).status).toBe(202);
  });

  it('counts only the three files of a form that can be in memory at a time, even if the form is longer', async () => {
    const form = await held('/tasks/signs/predict', '', 1e6, 'multipart/form-data; boundary=B');
    const other = { ...points, metadata: { note: 'x'.repeat(200) } };
    expect(JSON.stringify(other).length).toBeGreaterThan(300);
    expect((await post('/tasks/beside/adapt', other)).status).toBe(202);
    const more = { ...other, metadata: { note: 'x'.repeat(400) } };
    await refused(() => post('/tasks/beside/adapt', more));
    form.leave();
    await admitted();
  });

  it('refuses requests while its event loop is late, but answers probes', async () => {
    // With pauses in between, so that the delay is sampled after each of them.
    const statuses = new Set<number>();
    for (let i = 0; i < 40 && !statuses.has(503); i++) {
      turnFor(800);
      statuses.add((await predict()).status);
    }
    expect(statuses).toContain(503);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/v2/health/live`)).status).toBe(200);
    await admitted();
  });

  it('refuses nothing after one or two long turns of the event loop', async () => {
    turnFor(2000);
    const statuses = [(await predict()).status];
    turnFor(1500);
    const end = performance.now() + 1500;
    while (performance.now() < end) statuses.push((await predict()).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

function turnFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

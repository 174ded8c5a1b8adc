import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { defaultLimits } from '../../../src/http/limits.ts';
import { long, points } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp({ environment: { HOST: '0.0.0.0' }, limits: { ...defaultLimits, waitingRequests: 1 } });

async function callerOf(tenant: string) {
  const { token } = await http.keys.issue(tenant);
  const headers = { authorization: `Bearer ${token}` };
  const adapt = (task: string, payload: object, more = {}) =>
    http.app.inject({
      method: 'POST',
      url: `/tasks/${task}/adapt`,
      payload,
      headers: { ...headers, ...more },
    });
  return { headers, adapt };
}

it('limits the requests of each tenant that wait for adaptations', async () => {
  const [busy, other] = [await callerOf('busy'), await callerOf('other')];
  await http.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = http.app.server.address() as AddressInfo;
  const { id } = (await busy.adapt('long', long)).json();
  const path = `/tasks/long/adaptations/${id}/events`;
  const [stream] = await once(get({ port, path, headers: busy.headers }), 'response');
  await once(stream, 'data');

  const again = await http.app.inject({ url: path, headers: busy.headers });
  expect([again.statusCode, again.json().code, again.headers['retry-after']]).toEqual([
    429,
    'rate_limited',
    '1',
  ]);
  expect((await busy.adapt('new', points, { prefer: 'wait=20' })).statusCode).toBe(429);
  expect((await http.app.inject({ url: '/tasks/new', headers: busy.headers })).statusCode).toBe(404);
  expect((await busy.adapt('new', points)).statusCode).toBe(202);
  expect((await other.adapt('new', points, { prefer: 'wait=1' })).statusCode).toBeLessThan(300);

  stream.destroy();
  const waits = async () => (await busy.adapt('new', points, { prefer: 'wait=0' })).statusCode;
  await expect.poll(waits).toBeLessThan(300);
  const cancel = `/tasks/long/adaptations/${id}/cancel`;
  await http.app.inject({ method: 'POST', url: cancel, headers: busy.headers });
});

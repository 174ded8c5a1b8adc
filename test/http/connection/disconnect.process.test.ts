import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { buildApp } from '../../../src/http/app.ts';
import { defaultLimits } from '../../../src/http/limits.ts';
import type { Service } from '../../../src/service/service.ts';
import { deferred } from '../../support/deferred.ts';
import { points } from '../support/bodies.ts';
import { noKeys } from '../support/no-keys.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();

const asked = [
  { path: '/tasks/left/predict', body: { inputs: [[1, 0]] } },
  { path: '/tasks/left/adapt', body: points },
  {
    path: '/v2/models/left/infer',
    body: { inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 0] }] },
  },
];

it.each(asked)('work at $path counts until it has ended, even if the caller disconnects', async (ask) => {
  const adapted = await http.app.inject({
    method: 'POST',
    url: '/tasks/left/adapt',
    payload: points,
    headers: { prefer: 'wait=20' },
  });
  expect(adapted.statusCode).toBe(200);

  const begun = deferred<void>();
  const gate = deferred<void>();
  /** A service that waits until the gate opens. */
  const service: Service = {
    ...http.service,
    async predict(...args) {
      begun.resolve();
      await gate.promise;
      return http.service.predict(...args);
    },
    async adapt(...args) {
      begun.resolve();
      await gate.promise;
      return http.service.adapt(...args);
    },
    async adaptedModel(...args) {
      begun.resolve();
      await gate.promise;
      return http.service.adaptedModel(...args);
    },
  };
  const limits = { ...defaultLimits, bodiesBytes: 1 };
  const app = await buildApp({ service, keys: noKeys, version: '0.0.0', limits });
  onTestFinished(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const post = () =>
    request({ port, path: ask.path, method: 'POST', headers: { 'content-type': 'application/json' } });
  const status = async () => {
    const [response] = await once(post().end(JSON.stringify(ask.body)), 'response');
    response.resume();
    return response.statusCode;
  };

  const closed = once(app.server, 'request').then(([, response]) => once(response, 'close'));
  const first = post().on('error', () => undefined);
  first.end(JSON.stringify(ask.body));
  await begun.promise;
  first.destroy();
  await closed;
  expect(await status()).toBe(503);
  gate.resolve();
  await expect.poll(status).toBeLessThan(300);
});

it('decoding stops when the caller disconnects', async () => {
  const told = deferred<AbortSignal | undefined>();
  const service: Service = {
    ...http.service,
    predict(_tenant, _task, _inputs, { signal } = {}) {
      told.resolve(signal);
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    },
  };
  const app = await buildApp({ service, keys: noKeys, version: '0.0.0' });
  onTestFinished(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const headers = { 'content-type': 'application/json' };
  const sent = request({ port, path: '/tasks/left/predict', method: 'POST', headers });
  sent.on('error', () => undefined).end(JSON.stringify({ inputs: ['data:image/png;base64,AAAA'] }));
  const signal = await told.promise;
  expect(signal?.aborted).toBe(false);
  sent.destroy();
  await expect.poll(() => signal?.aborted).toBe(true);
});

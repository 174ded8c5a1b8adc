import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildApp } from '../../../../src/http/app.ts';
import type { Service } from '../../../../src/service/service.ts';
import { deferred } from '../../../support/deferred.ts';
import { long, steps } from '../../support/bodies.ts';
import { noKeys } from '../../support/no-keys.ts';
import { startApp } from '../../support/start-app.ts';

const http = startApp({ heartbeatMs: 20 });
const adapt = async (task: string, payload: object, headers = {}) =>
  (await http.app.inject({ method: 'POST', url: `/tasks/${task}/adapt`, payload, headers })).json();
const events = (task: string, id: string, headers = {}) =>
  http.app.inject({ url: `/tasks/${task}/adaptations/${id}/events`, headers });

interface Message {
  readonly id: number;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

function messages(text: string): Message[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('id: '))
    .map((block) => {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
      return { id: Number(fields.id), event: fields.event, data: JSON.parse(fields.data) };
    });
}

describe('GET /tasks/{task}/adaptations/{id}/events', () => {
  beforeAll(async () => {
    await http.app.listen({ port: 0, host: '127.0.0.1' });
  });

  /** A live stream over a real connection. */
  async function open(task: string, id: string, app = http.app): Promise<IncomingMessage> {
    const { port } = app.server.address() as AddressInfo;
    const [response] = await once(get({ port, path: `/tasks/${task}/adaptations/${id}/events` }), 'response');
    return response.setEncoding('utf8');
  }

  it('sends all events in order, and ends', async () => {
    const { id, losses } = await adapt('story', steps, { prefer: 'wait=20' });
    const answer = await events('story', id);
    expect(answer.headers['content-type']).toBe('text/event-stream');
    expect(messages(answer.body)).toEqual([
      { id: 1, event: 'queued', data: {} },
      { id: 2, event: 'running', data: {} },
      ...losses.map((loss: number, i: number) => ({ id: 3 + i, event: 'step', data: { step: i + 1, loss } })),
      { id: 3 + losses.length, event: 'succeeded', data: {} },
      { id: 4 + losses.length, event: 'report', data: {} },
    ]);
  });

  it('resumes after the event in Last-Event-ID', async () => {
    const { id } = await adapt('resumed', steps, { prefer: 'wait=20' });
    const whole = messages((await events('resumed', id)).body);
    const rest = messages((await events('resumed', id, { 'last-event-id': '2' })).body);
    expect(rest).toEqual(whole.slice(2));
  });

  it('answers 204 after the last event, so that no EventSource connects for ever', async () => {
    const { id } = await adapt('over', steps, { prefer: 'wait=20' });
    const last = messages((await events('over', id)).body).at(-1)?.id ?? 0;
    for (const after of [last, last + 1]) {
      const answer = await events('over', id, { 'last-event-id': String(after) });
      expect([answer.statusCode, answer.body]).toEqual([204, '']);
    }
    const one = await events('over', id, { 'last-event-id': String(last - 1) });
    expect(messages(one.body)).toHaveLength(1);
    expect((await events('over', 'adp_0', { 'last-event-id': String(last) })).statusCode).toBe(404);
  });

  it('streams a running adaptation, with comments in between, up to its cancellation', async () => {
    const { id } = await adapt('live', long);
    const stream = await open('live', id);
    let text = '';
    for await (const chunk of stream) {
      text += chunk;
      if (text.includes(': still here')) {
        await http.app.inject({ method: 'POST', url: `/tasks/live/adaptations/${id}/cancel` });
      }
    }
    expect(text).toContain(': still here\n\n');
    const seen = messages(text);
    expect(seen[0]?.event).toBe('queued');
    expect(seen.at(-1)?.event).toBe('cancelled');
    expect(seen.map((each) => each.id)).toEqual(seen.map((_, i) => i + 1));
  });

  it('stops the stream when the client disconnects', async () => {
    const { id } = await adapt('left', long);
    const followed = deferred<AbortSignal>();
    const service: Service = {
      ...http.service,
      events(tenant, task, adaptation, after, signal) {
        followed.resolve(signal);
        return http.service.events(tenant, task, adaptation, after, signal);
      },
    };
    const app = await buildApp({ service, keys: noKeys, version: '0.0.0' });
    onTestFinished(() => app.close());
    await app.listen({ port: 0, host: '127.0.0.1' });
    const stream = await open('left', id, app);
    await once(stream, 'data');
    const signal = await followed.promise;
    expect(signal.aborted).toBe(false);
    stream.destroy();
    await once(signal, 'abort');
    await http.service.cancel('default', 'left', id);
  });

  it('sends no further event and ends after the key is no longer valid', async () => {
    const { id } = await adapt('outlived', long);
    let isStillValid = true;
    const app = await buildApp({
      service: http.service,
      keys: { ...noKeys, isStillValid: async () => isStillValid },
      version: '0.0.0',
    });
    onTestFinished(() => app.close());
    await app.listen({ port: 0, host: '127.0.0.1' });
    const stream = await open('outlived', id, app);
    let text = '';
    for await (const chunk of stream) {
      text += chunk;
      if (!isStillValid) continue;
      isStillValid = false;
      await http.service.cancel('default', 'outlived', id);
    }
    const seen = messages(text).map(({ event }) => event);
    expect(seen[0]).toBe('queued');
    expect(seen).not.toContain('cancelled');
  });

  it('ends soon after the key is no longer valid, even without events', async () => {
    const { id } = await adapt('quiet', { ...steps, settings: { steps: 1 } }, { prefer: 'wait=20' });
    let isStillValid = true;
    // This adaptation has only one event.
    const service: Service = {
      ...http.service,
      async *events(_tenant, _task, _id, _after, signal) {
        yield { id: 1, type: 'queued', data: {} };
        await once(signal, 'abort');
      },
    };
    const app = await buildApp({
      service,
      keys: { ...noKeys, isStillValid: async () => isStillValid },
      version: '0.0.0',
      heartbeatMs: 20,
    });
    onTestFinished(() => app.close());
    await app.listen({ port: 0, host: '127.0.0.1' });
    const stream = await open('quiet', id, app);
    await once(stream, 'data');
    isStillValid = false;
    stream.resume();
    await once(stream, 'end');
  });

  it('checks the key once per event, and by heartbeat only while there is no event', async () => {
    const { id } = await adapt('checked', { ...steps, settings: { steps: 1 } }, { prefer: 'wait=20' });
    let checks = 0;
    const app = await buildApp({
      service: http.service,
      keys: {
        ...noKeys,
        isStillValid: async () => {
          checks += 1;
          return true;
        },
      },
      version: '0.0.0',
      heartbeatMs: 60_000,
    });
    onTestFinished(() => app.close());
    const answer = await app.inject({ url: `/tasks/checked/adaptations/${id}/events` });
    expect(messages(answer.body)).toHaveLength(5);
    expect(checks).toBe(5);
  });

  it.each(['while events come', 'while there is no event'])(
    'goes on when keys cannot be read %s',
    async (when) => {
      const { id } = await adapt('unreadable', { ...steps, settings: { steps: 1 } }, { prefer: 'wait=20' });
      const failures = deferred();
      const service: Service = {
        ...http.service,
        async *events(...args) {
          if (when === 'while there is no event') await failures.promise;
          yield* http.service.events(...args);
        },
      };
      const app = await buildApp({
        service,
        keys: {
          ...noKeys,
          isStillValid: () => {
            failures.resolve();
            return Promise.reject(new Error('no store'));
          },
        },
        version: '0.0.0',
        heartbeatMs: 20,
      });
      onTestFinished(() => app.close());
      const answer = await app.inject({ url: `/tasks/unreadable/adaptations/${id}/events` });
      expect(messages(answer.body).map(({ event }) => event)).toEqual([
        'queued',
        'running',
        'step',
        'succeeded',
        'report',
      ]);
    },
  );

  it('answers HEAD with only its headers', async () => {
    const { id } = await adapt('headless', steps, { prefer: 'wait=20' });
    const url = `/tasks/headless/adaptations/${id}/events`;
    const head = await http.app.inject({ method: 'HEAD', url });
    expect([head.statusCode, head.headers['content-type'], head.body]).toEqual([
      200,
      'text/event-stream',
      '',
    ]);
    const unknown = await http.app.inject({ method: 'HEAD', url: url.replace(id, 'adp_1') });
    expect(unknown.statusCode).toBe(404);
  });

  it('answers 404 for an unknown adaptation, not a stream', async () => {
    await adapt('known', steps);
    const answer = await events('known', 'adp_0');
    expect(answer.statusCode).toBe(404);
    expect(answer.json().code).toBe('adaptation_not_found');
  });

  it('refuses a Last-Event-ID that is not a number', async () => {
    const { id } = await adapt('known', steps);
    expect((await events('known', id, { 'last-event-id': 'x' })).statusCode).toBe(400);
  });
});

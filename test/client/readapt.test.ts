import { expect, it } from 'vitest';
import { createClient } from '../../src/client/index.ts';

const queued = { id: 'adp_1', task: 't', status: 'queued' };
const done = { ...queued, status: 'succeeded' };
const events = ['queued', 'step', 'succeeded'];

/** A server that learns: it has ended when its events have been read. */
function learning() {
  const asked: { call: string; prefer: string | null }[] = [];
  const fetch = async (input: unknown, { method = 'GET', headers }: RequestInit = {}) => {
    const { pathname } = new URL(String(input));
    asked.push({ call: `${method} ${pathname}`, prefer: new Headers(headers).get('prefer') });
    if (method === 'POST') return Response.json(queued, { status: 202 });
    if (!pathname.endsWith('/events')) return Response.json(done);
    return new Response(events.map((type, id) => `id: ${id}\nevent: ${type}\ndata: {}\n\n`).join(''));
  };
  return { client: createClient({ server: 'http://server', fetch }), asked };
}

const submitted = 'POST /tasks/t/readapt';
const followed = ['GET /tasks/t/adaptations/adp_1/events', 'GET /tasks/t/adaptations/adp_1'];

it('waits for the end, within the call as long as the server does', async () => {
  const { client, asked } = learning();
  expect(await client.tasks.readapt('t')).toEqual(done);
  expect(asked.map(({ call }) => call)).toEqual([submitted, ...followed]);
  expect(asked[0]?.prefer).toBe('wait=60');
});

it('tells each event', async () => {
  const { client, asked } = learning();
  const told: string[] = [];
  const onEvent = ({ type }: { readonly type: string }) => told.push(type);
  expect(await client.tasks.readapt('t', {}, { onEvent })).toEqual(done);
  expect(told).toEqual(events);
  expect(asked[0]?.prefer).toBeNull();
});

it('returns what is accepted, without waiting', async () => {
  const { client, asked } = learning();
  expect(await client.tasks.readapt('t', {}, { wait: false })).toEqual(queued);
  expect(asked).toEqual([{ call: submitted, prefer: null }]);
});

import { expect, it } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { type Call, callOf } from '../../src/playground/api/call.ts';
import { emptyLabel, freeName, withInputs } from '../../src/playground/state/labels.ts';
import { latest } from '../../src/playground/state/latest.ts';
import { deferred } from '../support/deferred.ts';

it('lists a call of the client as data, without its key and what only matters when it is repeated', async () => {
  const calls: Call[] = [];
  const base = 'http://127.0.0.1:3000/ai/';
  const fetch = async (url: unknown, init: RequestInit = {}) => {
    calls.push(callOf(String(url), init, base));
    return Response.json({ status: 'succeeded', data: [], nextCursor: null });
  };
  const client = createClient({ server: base, fetch });
  await client.adapt('signs of rain', [{ label: 'wet', input: 'It rains' }]);
  const open = () => 'a,b\n1,2\n';
  await client.adapt(
    't',
    { support: { headers: { 'content-type': 'text/csv' }, open }, target: 'b' },
    { wait: false },
  );
  await client.predict('t', [1]);
  for await (const _ of client.tasks.list({ pageSize: 3 }));
  expect(calls.map((call) => JSON.parse(JSON.stringify(call)))).toEqual([
    {
      method: 'POST',
      path: 'tasks/signs%20of%20rain/adapt',
      query: {},
      headers: { Prefer: 'wait=60' },
      body: { json: { support: [{ label: 'wet', input: 'It rains' }] } },
    },
    {
      method: 'POST',
      path: 'tasks/t/adapt',
      query: { target: 'b' },
      headers: {},
      body: { text: 'a,b\n1,2\n', type: 'text/csv' },
    },
    { method: 'POST', path: 'tasks/t/predict', query: {}, headers: {}, body: { json: { inputs: [1] } } },
    { method: 'GET', path: 'tasks', query: { limit: '3' }, headers: {} },
  ]);
});

it('asks for the latest value only, one at a time', async () => {
  const seen: number[] = [];
  const first = deferred<void>();
  const last = deferred<void>();
  const ask = latest<number>(async (value) => {
    seen.push(value);
    if (value === 1) await first.promise;
    if (value === 4) last.resolve();
  });
  for (const value of [1, 2, 3, 4]) ask(value);
  expect(seen).toEqual([1]);
  first.resolve();
  await last.promise;
  expect(seen).toEqual([1, 4]);
});

it('adds inputs to a label by its name, or to a new one', () => {
  const input = { value: 'x', look: { kind: 'text', text: 'x' } } as const;
  const labels = withInputs(withInputs([emptyLabel('a')], 'a', [input]), 'b', [input, input]);
  expect(labels.map(({ name, examples }) => [name, examples.length])).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
  expect(freeName([emptyLabel('Label 2')], 'Label')).toBe('Label 3');
});

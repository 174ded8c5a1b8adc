import { describe, expect, it } from 'vitest';
import { form, glyph, points, steps } from '../support/bodies.ts';
import { startApp } from '../support/start-app.ts';

const http = startApp();
const wait = { prefer: 'wait=20' };
const adapt = (task: string, payload: object, key: string | undefined, more: object = {}, query = '') => {
  const headers = { ...wait, ...more, ...(key !== undefined && { 'idempotency-key': key }) };
  return http.app.inject({ method: 'POST', url: `/tasks/${task}/adapt${query}`, payload, headers });
};
const up = { mode: 'append', support: [{ label: 'up', input: [0, 1] }] };
const currentOf = async (task: string) => (await http.app.inject({ url: `/tasks/${task}` })).json().current;

describe('Idempotency-Key', () => {
  it('makes an append safe to send again', async () => {
    await adapt('again', points, undefined);
    const first = await adapt('again', up, 'k1');
    expect(first.json().support).toMatchObject({ examples: 4, labels: { up: 1 } });
    const second = await adapt('again', up, 'k1');
    expect(second.statusCode).toBe(200);
    expect(second.json()).toEqual(first.json());
    expect(second.headers.location).toBe(first.headers.location);
    const third = await adapt('again', up, 'k2');
    expect(third.json().support).toMatchObject({ examples: 5, labels: { up: 2 } });
    expect((await adapt('again', up, 'k1')).json()).toEqual(first.json());
    expect(await currentOf('again')).toBe(third.json().id);
  });

  it('makes concurrent appends one append', async () => {
    await adapt('at-once', points, undefined);
    const answers = await Promise.all(Array.from({ length: 8 }, () => adapt('at-once', up, 'k1')));
    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(1);
    expect(answers[0]?.json().support).toMatchObject({ examples: 4, labels: { up: 1 } });
  });

  it('returns an adaptation that was replaced since, and does not make it current again', async () => {
    const first = await adapt('replaced', points, 'k1');
    const other = { support: [...points.support, { label: 'up', input: [0, 1] }] };
    const second = await adapt('replaced', other, 'k2');
    expect((await adapt('replaced', points, 'k1')).json()).toEqual(first.json());
    expect(await currentOf('replaced')).toBe(second.json().id);
  });

  it('compares decoded content, so that its spelling does not matter', async () => {
    const packed = (values: number[]) => ({
      shape: [2],
      dtype: 'float32',
      data: Buffer.from(Float32Array.from(values).buffer).toString('base64'),
    });
    const first = await adapt('spelt', steps, 'k1');
    const { seed, ...settings } = first.json().settings;
    const support = points.support.map(({ label, input }) => ({ label, input: packed(input) }));
    const again = await adapt('spelt', { support, settings, mode: 'replace' }, 'k1');
    expect([again.statusCode, again.json().id]).toEqual([200, first.json().id]);
  });

  it('holds for forms', async () => {
    const signs = form([
      ['anchor', glyph('anchor', 1)],
      ['knot', glyph('knot', 1)],
    ]);
    const query = '?model=tiny-glyph-prototypes&mode=append';
    const first = await adapt('form-keyed', signs.payload, 'k1', signs.headers, query);
    const again = await adapt('form-keyed', signs.payload, 'k1', signs.headers, query);
    expect(again.json()).toEqual(first.json());
    expect(first.json().support.labels).toEqual({ anchor: 1, knot: 1 });
  });

  it.each([
    ['examples', { support: [...points.support, { label: 'up', input: [0, 1] }] }],
    ['labels', { support: points.support.map(({ input }, i) => ({ label: `${i % 2}`, input })) }],
    ['settings', { settings: { seed: 3 } }],
    ['mode', { mode: 'append' }],
    ['metadata', { metadata: { customer: '42' } }],
  ] as const)('refuses other %s under a key, and changes nothing', async (name, change) => {
    const task = `other-${name}`;
    const first = await adapt(task, points, 'k1');
    const refused = await adapt(task, { ...points, ...change }, 'k1');
    expect(refused.json()).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    expect(refused.json().detail).toContain('Idempotency-Key');
    expect(await currentOf(task)).toBe(first.json().id);
    const list = (await http.app.inject({ url: `/tasks/${task}/adaptations` })).json();
    expect(list.data).toHaveLength(1);
  });

  it('is not stored for a refused request', async () => {
    const bad = await adapt('refused', { ...points, support: [] }, 'k1');
    expect(bad.statusCode).toBe(400);
    expect((await adapt('refused', points, 'k1')).statusCode).toBe(200);
  });

  it('still answers an append that filled the support set to its limit', async () => {
    const one = { label: 'left', input: [-1, 0] };
    const { maximum } = (await http.app.inject({ url: '/models/tiny-prototypes' })).json().inner.examples;
    const support = [...points.support, ...Array(maximum - points.support.length - 1).fill(one)];
    await adapt('full', { ...points, support }, undefined);
    const first = await adapt('full', up, 'k1');
    expect(first.json().support).toMatchObject({ examples: maximum });
    expect((await adapt('full', up, 'k1')).json()).toEqual(first.json());
    expect((await adapt('full', up, 'k2')).json().code).toBe('invalid_support_set');
  });

  it('is deleted with the task', async () => {
    await adapt('deleted', points, 'k1');
    await http.app.inject({ method: 'DELETE', url: '/tasks/deleted' });
    const other = { ...points, support: [...points.support, { label: 'up', input: [0, 1] }] };
    expect((await adapt('deleted', other, 'k1')).statusCode).toBe(200);
  });

  it.each(['!', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', 'a/b:{c}', '~'.repeat(255), '__proto__'])(
    'may be any visible ASCII: %j',
    async (key) => {
      const first = await adapt('any-key', points, key);
      expect((await adapt('any-key', points, key)).json()).toEqual(first.json());
    },
  );

  it.each(['', 'a b', 'ä', '~'.repeat(256), 'a\tb'])('refuses the key %j', async (key) => {
    const answer = await adapt('bad-key', points, key);
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(answer.json().detail).toMatch(/Idempotency-Key|idempotency-key/);
    expect((await http.app.inject({ url: '/tasks/bad-key' })).statusCode).toBe(404);
  });
});

describe('pages of other origins', () => {
  const origin = 'https://app.example.org';
  const open = startApp({ corsOrigins: [origin] });

  it('may send the key', async () => {
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,idempotency-key',
    };
    const answer = await open.app.inject({ method: 'OPTIONS', url: '/tasks/x/adapt', headers });
    expect(answer.headers['access-control-allow-headers']).toContain('idempotency-key');
  });
});

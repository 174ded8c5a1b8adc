import { describe, expect, it } from 'vitest';
import { startApp } from '../support/start-app.ts';

const metrics = { exposition: async () => 'measures' };
const headers = ['forwarded', 'via', 'x-real-ip', 'x-forwarded-for', 'x-forwarded-proto'] as const;

describe('a request through a proxy', () => {
  const http = startApp({ metrics });

  it.each(headers)('is refused while there are no keys: %s', async (name) => {
    expect((await http.app.inject({ url: '/models' })).statusCode).toBe(200);
    const answer = await http.app.inject({ url: '/models', headers: { [name]: 'x' } });
    expect(answer.json()).toMatchObject({ status: 403, code: 'forbidden', got: `the header ${name}` });
    expect(answer.json().detail).toContain('innerloop keys create');
  });

  it('cannot read metrics, although metrics need no key', async () => {
    expect((await http.app.inject({ url: '/metrics' })).body).toBe('measures');
    const answer = await http.app.inject({ url: '/metrics', headers: { via: '1.1 proxy' } });
    expect(answer.json()).toMatchObject({ status: 403, code: 'forbidden' });
  });
});

describe('a request through a proxy, with a key', () => {
  const http = startApp({ environment: { HOST: '0.0.0.0' } });

  it('is accepted', async () => {
    const { token } = await http.keys.issue('acme');
    const authorization = `Bearer ${token}`;
    const answer = await http.app.inject({ url: '/models', headers: { authorization, via: '1.1 proxy' } });
    expect(answer.statusCode).toBe(200);
  });
});

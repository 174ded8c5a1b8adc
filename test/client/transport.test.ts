import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { InnerloopProblem } from '../../src/client/problem.ts';
import { createTransport } from '../../src/client/transport.ts';

describe('a page of a browser', () => {
  const failing = (server: string) =>
    createTransport({ server, fetch: () => Promise.reject(new TypeError('Failed to fetch')) }).request('/');

  it('is told which setting lets it call a server of another origin', async () => {
    vi.stubGlobal('location', { href: 'https://app.example.org/x', origin: 'https://app.example.org' });
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
    await expect(failing('https://ai.example.org')).rejects.toMatchObject({
      code: 'no_answer',
      message:
        'Cannot reach a server at https://ai.example.org: Failed to fetch. If it runs, its setting CORS_ORIGINS must have the origin of this page, https://app.example.org',
    });
    await expect(failing('https://app.example.org')).rejects.toThrow(/: Failed to fetch$/);
    await expect(failing('')).rejects.toThrow(/: Failed to fetch$/);
  });
});

it.each<[number, string | undefined, number | undefined]>([
  [429, '31', 31],
  [503, '0', 0],
  [503, undefined, undefined],
  [503, 'Fri, 31 Dec 1999 23:59:59 GMT', undefined],
])('an error with status %d and Retry-After %s has the seconds: %s', async (status, after, seconds) => {
  const headers = new Headers(after === undefined ? {} : { 'retry-after': after });
  const fetch = () => Promise.resolve(new Response(null, { status, headers }));
  const refused = createTransport({ server: 'http://server', fetch, retries: 1 }).request('/');
  const problem = await refused.catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(InnerloopProblem);
  expect(problem).toMatchObject({ status, retryAfterSeconds: seconds });
});

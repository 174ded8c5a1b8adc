import { setTimeout } from 'node:timers/promises';
import type { Served } from './serve.ts';

const RETRY_MS = 200;

type Send = (
  server: Pick<Served, 'address'>,
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<Response>;

/** Posts JSON and waits for the result. Tries again while the service is busy, because the test machine may be slow. */
export const post: Send = (...call) => send('POST', ...call);

/** As `post`. */
export const put: Send = (...call) => send('PUT', ...call);

async function send(
  method: 'POST' | 'PUT',
  ...[{ address }, path, body = {}, headers = {}]: Parameters<Send>
): Promise<Response> {
  for (;;) {
    const answer = await fetch(`${address}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (answer.ok) return answer;
    if (answer.status !== 503) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    await setTimeout(RETRY_MS);
  }
}

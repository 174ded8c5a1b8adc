import { setTimeout } from 'node:timers/promises';
import type { Served } from './serve.ts';

const RETRY_MS = 200;

/** Posts JSON and waits for the result. Tries again while the service is busy, because the test machine may be slow. */
export async function post(
  { address }: Pick<Served, 'address'>,
  path: string,
  body: object = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  for (;;) {
    const answer = await fetch(`${address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (answer.ok) return answer;
    if (answer.status !== 503) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    await setTimeout(RETRY_MS);
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { type Dispatcher, Pool } from 'undici';
import type { Sample } from '../scenario.ts';
import { firstNumber, numbered, type Post } from './bodies.ts';

/** More connections than the number of requests that the server accepts at the same time, so that it must refuse some. */
const CONNECTIONS = 1024;
const TIMEOUT_MS = 10_000;
const TICK_MS = 2;

interface Arrivals {
  readonly address: string;
  readonly post: Post;
  readonly perSecond: number;
  readonly tasks: number;
}

type Outcome =
  | 'good'
  | 'refused'
  | 'refused without Retry-After'
  | 'timeout'
  | `status ${number}`
  | `socket ${string}`;

/**
 * Sends calls at a fixed rate, without waiting for earlier answers (open-loop load). Times are measured from the
 * scheduled arrival, so they include the wait for a free connection.
 */
export async function arrivals(
  { address, post, perSecond, tasks }: Arrivals,
  seconds: number,
): Promise<Sample> {
  const pool = new Pool(address, { connections: CONNECTIONS, keepAliveTimeout: 60_000 });
  await openConnections(pool);
  const counts = new Map<Outcome, number>();
  const goodMs: number[] = [];
  const first = firstNumber();
  const one = async (number: number) => {
    const startedAt = performance.now();
    const outcome = await arrive(pool, numbered(post, number, tasks));
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    if (outcome === 'good') goodMs.push(performance.now() - startedAt);
  };

  const calls: Promise<void>[] = [];
  const startedAt = performance.now();
  let elapsed = 0;
  while (elapsed < seconds) {
    while (calls.length < elapsed * perSecond) calls.push(one(first + calls.length));
    await pause(TICK_MS);
    elapsed = (performance.now() - startedAt) / 1000;
  }
  // Answers after the last arrival are not counted, because the server is then no longer overloaded.
  const { good = 0, refused = 0 } = Object.fromEntries(counts);
  await Promise.all(calls);
  await pool.destroy();
  goodMs.sort((a, b) => a - b);
  const { good: _, refused: __, ...errors } = Object.fromEntries(counts);
  return {
    perSecond: good / elapsed,
    refusedPerSecond: refused / elapsed,
    offeredPerSecond: calls.length / elapsed,
    p50Ms: goodMs[Math.floor(goodMs.length * 0.5)] ?? Number.NaN,
    p99Ms: goodMs[Math.floor(goodMs.length * 0.99)] ?? Number.NaN,
    errors,
  };
}

/** Opens all connections before the measurement. Otherwise it would include the time to accept connections. */
async function openConnections(pool: Pool): Promise<void> {
  const one = async () => (await pool.request({ path: '/health/live', method: 'GET' })).body.dump();
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
}

async function arrive(pool: Pool, { path, body, headers }: Post): Promise<Outcome> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await pool.request({ path, method: 'POST', headers, body, signal });
    await response.body.dump();
    return outcomeOf(response);
  } catch (error) {
    return signal.aborted ? 'timeout' : `socket ${(error as NodeJS.ErrnoException).code ?? error}`;
  }
}

function outcomeOf({ statusCode, headers }: Dispatcher.ResponseData): Outcome {
  if (statusCode === 200) return 'good';
  if (statusCode !== 429 && statusCode !== 503) return `status ${statusCode}`;
  return headers['retry-after'] === undefined ? 'refused without Retry-After' : 'refused';
}

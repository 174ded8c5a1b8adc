import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { parseConfig } from '../../config/parse.ts';
import { createRandom } from '../../training/random.ts';
import { startServer } from '../server/server.ts';
import { runDemo } from './run.ts';

/**
 * Runs the demo on the service at `url`, or on one that it starts on a free port, with an empty data folder that is removed
 * at the end. Returns the accuracy.
 */
export async function serveDemo(
  environment: Readonly<Record<string, string | undefined>>,
  url: string | undefined,
  seed: number,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const random = createRandom(seed);
  if (url !== undefined) return runDemo(url, random, print, signal);
  const folder = await mkdtemp(join(tmpdir(), 'innerloop-demo-'));
  try {
    const started = performance.now();
    const own = { ...environment, PORT: '0', HOST: '127.0.0.1', DATA_DIR: folder };
    await using server = await startServer(parseConfig(own), pino({ level: 'error' }));
    print(`service     started at ${server.address} in ${(performance.now() - started).toFixed(0)} ms`);
    return await runDemo(server.address, random, print, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { parseConfig } from '../config.ts';
import { createRandom } from '../training/random.ts';
import { runDemo } from './demo/run.ts';
import { startServer } from './server/server.ts';

/** `npm run demo [-- URL] [--seed 7]`: the whole product once, against a running service or one of its own. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' } },
});
const random = createRandom(Number(values.seed));
const print = (line: string) => process.stdout.write(`${line}\n`);

try {
  const [url] = positionals;
  if (url === undefined) await runAlone();
  else await runDemo(url.replace(/\/$/, ''), random, print);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** A service on a free port over an empty folder, gone when the demo has ended. */
async function runAlone(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'innerloop-demo-'));
  try {
    const started = performance.now();
    const environment = { ...process.env, PORT: '0', HOST: '127.0.0.1', DATA_DIR: folder };
    await using server = await startServer(parseConfig(environment), pino({ level: 'error' }));
    print(`service     started at ${server.address} in ${(performance.now() - started).toFixed(0)} ms`);
    await runDemo(server.address, random, print);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

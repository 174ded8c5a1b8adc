import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { parseConfig } from '../config/parse.ts';
import { reasonOf } from '../package/files.ts';
import { createRandom, type Random } from '../training/random.ts';
import { runDemo } from './demo/run.ts';
import { startServer } from './server/server.ts';

const USAGE = `npm run demo [-- URL] [--seed 7]

Adapts to characters that the model was not trained on, and predicts further drawings of them, through the HTTP API:
of the service at URL, or of a service that the demo starts.`;

const print = (line: string) => process.stdout.write(`${line}\n`);

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: 'string', default: '1' }, help: { type: 'boolean', short: 'h' } },
  });
  const [url, ...more] = positionals;
  if (more.length > 0) throw new TypeError(`Expected one URL, got ${positionals.join(' ')}`);
  if (!/^\d{1,15}$/.test(values.seed))
    throw new TypeError(`Expected --seed to be a whole number, got "${values.seed}"`);
  const random = createRandom(Number(values.seed));
  if (values.help) print(USAGE);
  else if (url === undefined) await runWithOwnServer(random);
  else await runDemo(baseOf(url), random, print);
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = error instanceof TypeError && error.cause === undefined ? 2 : 1;
}

function baseOf(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url.replace(/\/$/, '');
  throw new TypeError(`Expected a URL such as http://localhost:3000, got "${url}"`);
}

/** `fetch` puts the reason into the error's `cause`. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${reasonOf(cause)}` : error.message;
}

/** Starts a service on a free port with an empty data folder, which is removed at the end. */
async function runWithOwnServer(random: Random): Promise<void> {
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

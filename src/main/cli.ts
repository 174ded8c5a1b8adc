import { availableParallelism } from 'node:os';
import { createFetchPinned } from '../adapters/download/fetch-pinned.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import { runCli } from '../cli/main.ts';
import { openEncoderStore } from './encoder-store.ts';
import { openImporting } from './open-importing.ts';
import { openKeys } from './server/keys.ts';
import { openTrainingContext } from './training-context.ts';
import { readVersion } from './version.ts';

/** The first interrupt lets the running iteration finish and closes what is open; the second ends the process. */
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());

const clock = createSystemClock();
const fetchPinned = createFetchPinned();

process.exitCode = await runCli(process.argv.slice(2), {
  version: readVersion(),
  stdout: process.stdout,
  stderr: process.stderr,
  clock,
  threads: availableParallelism(),
  signal: interrupt.signal,
  openTrainingContext,
  openKeys: () => openKeys(process.env, clock),
  fetchPinned,
  openEncoders: () => openEncoderStore(process.env, fetchPinned),
  openImporting: () => openImporting(process.env),
});

import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { createObjectiveRunner } from '../adapters/onnxruntime/objective-runner.ts';
import { createOnnxRunner } from '../adapters/onnxruntime/program-runner.ts';
import { compile } from '../adapters/onnxruntime/session.ts';
import { createSharpDecoder } from '../adapters/sharp.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import { runCli } from '../cli/main.ts';
import type { Workshop, WorkshopOptions } from '../cli/world.ts';
import { readPackage } from '../package/read.ts';
import { readVersion } from './version.ts';

/** Of the episodes in flight, which are few. */
const STATE_BYTES = 256 * 2 ** 20;

async function openWorkshop({ threads, onProgress }: WorkshopOptions): Promise<Workshop> {
  const programs = createOnnxRunner({
    adaptThreads: threads,
    predictThreads: threads,
    stateBytes: STATE_BYTES,
  });
  return {
    decoder: createSharpDecoder(),
    cacheDirectory: join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'innerloop'),
    onProgress,
    createRunner: createObjectiveRunner,
    compile,
    programs,
    readPackage,
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  };
}

/** The first interrupt lets the running iteration finish and closes what is open; the second ends the process. */
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());

process.exitCode = await runCli(process.argv.slice(2), {
  version: readVersion(),
  stdout: process.stdout,
  stderr: process.stderr,
  clock: createSystemClock(),
  threads: availableParallelism(),
  signal: interrupt.signal,
  openWorkshop,
});

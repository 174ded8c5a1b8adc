#!/usr/bin/env node
import { createFetchPinned } from '../adapters/download/fetch-pinned.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import { runCli } from '../cli/main.ts';
import { commandLine } from './command-line.ts';

/** The first interrupt lets the running step finish and closes what is open; the second ends the process. */
const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());

// The reader of a pipe, such as `head`, has read enough.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));

/** Standard input until the interrupt. */
async function* standardInput(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const stop = () => process.stdin.destroy();
  signal.addEventListener('abort', stop);
  try {
    yield* process.stdin;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

process.exitCode = await runCli(
  process.argv.slice(2),
  commandLine({
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: standardInput(interrupt.signal),
    environment: process.env,
    clock: createSystemClock(),
    signal: interrupt.signal,
    fetchPinned: createFetchPinned(),
  }),
);

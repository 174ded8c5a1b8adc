import { Readable, Writable } from 'node:stream';
import { createFetchPinned } from '../../src/adapters/download/fetch-pinned.ts';
import { runCli } from '../../src/cli/main.ts';
import { commandLine } from '../../src/main/command-line.ts';

/** Runs a command with the training context of this machine. Returns its exit code and its output. */
export async function innerloop(
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
  environment: Readonly<Record<string, string>> = {},
  onStderr: (text: string) => void = () => {},
  fetchPinned = createFetchPinned(),
  stdin: Iterable<Uint8Array> = [],
) {
  const clock = { now: () => new Date(0) };
  const written = { stdout: '', stderr: '' };
  const into = (name: keyof typeof written) =>
    new Writable({
      write(chunk, _encoding, done) {
        written[name] += chunk;
        if (name === 'stderr') onStderr(String(chunk));
        done();
      },
    });
  const context = commandLine({
    stdout: into('stdout'),
    stderr: into('stderr'),
    stdin: Readable.from(stdin),
    environment,
    clock,
    signal,
    fetchPinned,
  });
  const code = await runCli(args, { ...context, version: '1.2.3', threads: 2 });
  return { code, ...written };
}

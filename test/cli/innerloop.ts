import { Writable } from 'node:stream';
import { createFetchPinned } from '../../src/adapters/download/fetch-pinned.ts';
import { runCli } from '../../src/cli/main.ts';
import { openEncoderStore } from '../../src/main/encoder-store.ts';
import { openImporting } from '../../src/main/open-importing.ts';
import { openKeys } from '../../src/main/server/keys.ts';
import { openTrainingContext } from '../../src/main/training-context.ts';

/** Runs a command with the training context of this machine. Returns its exit code and its output. */
export async function innerloop(
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
  environment: Readonly<Record<string, string>> = {},
  onStderr: (text: string) => void = () => {},
) {
  const fetchPinned = createFetchPinned();
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
  const code = await runCli(args, {
    version: '1.2.3',
    stdout: into('stdout'),
    stderr: into('stderr'),
    clock,
    threads: 2,
    signal,
    openTrainingContext,
    openKeys: () => openKeys(environment, clock),
    fetchPinned,
    openEncoders: () => openEncoderStore(environment, fetchPinned),
    openImporting: () => openImporting(environment),
  });
  return { code, ...written };
}

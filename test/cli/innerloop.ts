import { Writable } from 'node:stream';
import { built } from '../support/servers/built.ts';

const { createFetchPinned } = await built<typeof import('../../src/adapters/download/fetch-pinned.ts')>(
  'adapters/download/fetch-pinned',
);
const { runCli } = await built<typeof import('../../src/cli/main.ts')>('cli/main');
const { openEncoderStore } =
  await built<typeof import('../../src/main/encoder-store.ts')>('main/encoder-store');
const { openImporting } =
  await built<typeof import('../../src/main/open-importing.ts')>('main/open-importing');
const { openKeys } = await built<typeof import('../../src/main/server/keys.ts')>('main/server/keys');
const { openTrainingContext } =
  await built<typeof import('../../src/main/training-context.ts')>('main/training-context');

/** Runs a command with the training context of this machine. Returns its exit code and its output. */
export async function innerloop(
  args: readonly string[],
  signal: AbortSignal = new AbortController().signal,
  environment: Readonly<Record<string, string>> = {},
  onStderr: (text: string) => void = () => {},
  fetchPinned = createFetchPinned(),
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

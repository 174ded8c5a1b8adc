import { Writable } from 'node:stream';
import type { CliContext } from '../../src/cli/context.ts';
import { runCli } from '../../src/cli/main.ts';

function sink() {
  let written = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += chunk;
      done();
    },
  });
  return { stream, written: () => written };
}

const no = (what: string) => () => Promise.reject(new Error(`no ${what} here`));

/** A context that can do nothing, for commands that are refused or answer by themselves. */
export function unitContext(change: Partial<CliContext> = {}): CliContext {
  return {
    version: '1.2.3',
    stdout: sink().stream,
    stderr: sink().stream,
    stdin: (async function* () {})(),
    environment: {},
    clock: { now: () => new Date(0) },
    threads: 1,
    signal: new AbortController().signal,
    fetch: no('network'),
    openTrainingContext: no('training'),
    openKeys: no('keys'),
    deleteTenant: no('tenants'),
    fetchPinned: no('network'),
    openEncoders: no('encoders'),
    openImporting: no('importing'),
    serve: no('server'),
    demo: no('demo'),
    ...change,
  };
}

export async function run(rawArgs: readonly string[], change: Partial<CliContext> = {}) {
  const [stdout, stderr] = [sink(), sink()];
  const streams = { stdout: stdout.stream, stderr: stderr.stream };
  const code = await runCli(rawArgs, unitContext({ ...streams, ...change }));
  return { code, stdout: stdout.written(), stderr: stderr.written() };
}

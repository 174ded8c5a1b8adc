import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../support/scratch.ts';
import { post, startServerProcess } from '../support/servers/server-process.ts';
import { documents, snippetsOf, wayOf } from './snippets.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** What a page takes for granted: tasks that it calls by name, or a key. */
const prepared: Readonly<Record<string, (address: string) => Promise<unknown>>> = {
  'docs/open-inference-protocol.md': async (address) => {
    const support = [-2, 0, 1].map((x) => ({ input: [x], target: [Math.sin(x)] }));
    await post(`${address}/tasks/wave/adapt`, { model: 'sinusoid-maml', support }, { prefer: 'wait=20' });
    const glyphs = ['anchor', 'knot']
      .map((name) => `-F ${name}=@test/fixtures/glyphs/${name}/1.png`)
      .join(' ');
    await pasted(
      `curl -sS -H 'Prefer: wait=20' ${glyphs} '${address}/tasks/signs/adapt?model=omniglot-protonets'`,
      {},
    );
  },
  'docs/trust.md': async (address) => {
    const texts = {
      refund: ['I want my money back', 'please refund my order', 'return my payment'],
      shipping: ['where is my parcel', 'when does my order arrive', 'has my package been sent'],
      login: ['I forgot my password', 'I cannot sign in', 'my account is locked'],
    };
    const support = Object.entries(texts).flatMap(([label, each]) => each.map((input) => ({ label, input })));
    await post(`${address}/tasks/help/adapt`, { model: 'text', support }, { prefer: 'wait=20' });
  },
};

async function pasted(command: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const { stdout, stderr } = await run('bash', ['-c', command], {
    cwd: root,
    env: { ...process.env, ...environment },
  }).catch(
    // Some commands report what they found by their exit code.
    (failed: { stdout: string; stderr: string }) => failed,
  );
  return stdout || stderr;
}

const tested = documents
  .map((file) => ({ file, snippets: snippetsOf(file).filter((each) => 'prints' in (wayOf(each) ?? {})) }))
  .filter(({ snippets }) => snippets.length > 0);

describe('the commands of the documents', () => {
  it.each(tested)(
    'work as pasted, one after the other: $file',
    { timeout: 180_000 },
    async ({ file, snippets }) => {
      const data = await scratchFolder();
      const environment = { DATA_DIR: data, MODELS_DIR: join(root, 'models') };
      const server = await startServerProcess(environment);
      onTestFinished(async () => void (await server.stop('SIGTERM')));
      await prepared[file]?.(server.address);
      const needsKey = snippets.some(({ text }) => text.includes('$KEY'));
      const KEY = needsKey ? (await pasted('npx innerloop keys create acme', environment)).trim() : '';
      for (const snippet of snippets) {
        const printed = await pasted(
          snippet.text.replaceAll('localhost:3000', server.address.replace('http://', '')),
          {
            ...environment,
            KEY,
            INNERLOOP_SERVER: server.address,
          },
        );
        const way = wayOf(snippet);
        if (way && 'prints' in way) expect(printed, snippet.text).toMatch(way.prints);
      }
    },
  );
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post, type ServerProcess, startServerProcess } from '../support/servers/server-process.ts';
import { runInShell } from './shell.ts';
import { documents, type Snippet, snippetsOf, wayOf } from './snippets.ts';

const root = join(import.meta.dirname, '../..');

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
      address,
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

async function pasted(
  command: string,
  server: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout, stderr } = await runInShell(command, server, environment).catch(
    // Some commands report what they found by their exit code.
    (failed: { stdout: string; stderr: string }) => failed,
  );
  return stdout || stderr;
}

const needsKey = ({ text }: Snippet) => text.includes('$KEY');
const createsKey = ({ text }: Snippet) => text.includes('keys create');

/** From the first key on, every call needs one: those documents come last. */
const tested = documents
  .map((file) => ({ file, snippets: snippetsOf(file).filter((each) => 'prints' in (wayOf(each) ?? {})) }))
  .filter(({ snippets }) => snippets.length > 0)
  .map((each) => ({
    ...each,
    order: each.snippets.some(needsKey) ? 2 : each.snippets.some(createsKey) ? 1 : 0,
  }))
  .toSorted((a, b) => a.order - b.order);

describe('the commands of the documents', () => {
  const environment = { DATA_DIR: '', MODELS_DIR: join(root, 'models') };
  let server: ServerProcess;
  beforeAll(async () => {
    environment.DATA_DIR = await mkdtemp(join(tmpdir(), 'innerloop-data-'));
    server = await startServerProcess(environment);
  });
  afterAll(async () => {
    await server.stop('SIGTERM');
    await rm(environment.DATA_DIR, { recursive: true });
  });

  it.each(tested)(
    'work as pasted, one after the other: $file',
    { timeout: 180_000 },
    async ({ file, snippets }) => {
      const { address } = server;
      await prepared[file]?.(address);
      const given = { ...environment, INNERLOOP_SERVER: address };
      const KEY = snippets.some(needsKey)
        ? (await pasted('npx innerloop keys create acme', address, given)).trim()
        : '';
      for (const snippet of snippets) {
        const printed = await pasted(snippet.text, address, { ...given, KEY });
        const way = wayOf(snippet);
        if (way && 'prints' in way) expect(printed, snippet.text).toMatch(way.prints);
      }
    },
  );
});

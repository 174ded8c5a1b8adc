import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch.ts';
import { serveBundled } from '../support/servers/serve.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/clients.md'), 'utf8');

/** The code of the page in one language, as one program. */
const program = (language: string) =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```/gms)]
    .filter(([, each]) => each === language)
    .map(([, , code]) => code)
    .join('');

const hasPython = () => {
  try {
    execFileSync('python3', ['-c', 'import requests'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

it('the TypeScript of docs/clients.md runs as it is', { timeout: 120_000 }, async () => {
  const { address: server } = await serveBundled(['photos', 'text', 'rows', 'sinusoid-maml']);
  const code = program('ts').replace('http://localhost:3000', server);
  expect(code).toContain(server);
  const client = join(root, 'src/client/index.ts');
  const file = join(await scratchFolder(), 'program.mts');
  await writeFile(file, code.replaceAll("'innerloop/client'", JSON.stringify(client)));
  const { stdout } = await run(process.execPath, ['--import', 'tsx', file], { cwd: root });
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toBe('card_lost');
  expect(lines.filter((line) => /^step \d/.test(line))).toHaveLength(10);
  expect(lines.filter((line) => line === 'ginger')).toHaveLength(1);
  expect(lines.filter((line) => /^ex_\w+ (avocado|ginger)$/.test(line))).toHaveLength(2);
  expect(lines.at(-3)).toMatch(/\d+ %/);
  expect(lines.at(-2)).toMatch(/^whk_\w+ \d+$/);
  expect(lines.at(-1)).toBe('404 task_not_found');
});

it.skipIf(!hasPython())(
  'the Python of docs/clients.md runs as it is, where requests is',
  { timeout: 120_000 },
  async () => {
    const file = join(await scratchFolder(), 'program.py');
    const code = program('python');
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(40);
    await writeFile(file, code);
    const { address } = await serveBundled(['photos', 'text']);
    const env = { ...process.env, INNERLOOP_SERVER: address };
    const { stdout } = await run('python3', [file], { cwd: root, env });
    expect(stdout).toBe('ginger\ncard_lost\n');
  },
);

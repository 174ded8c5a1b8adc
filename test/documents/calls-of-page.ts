import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serveBundled } from '../support/servers/serve.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/**
 * Pastes the first block of calls of a page of `docs/` into a shell, against a new server with these packages. Returns the
 * lines that are printed.
 */
export async function linesOfPage(name: string, packages: readonly string[]): Promise<readonly string[]> {
  const page = await readFile(join(root, 'docs', name), 'utf8');
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(page) ?? [];
  const api = await serveBundled(packages);
  const calls = block
    .replaceAll('localhost:3000', api.address.replace('http://', ''))
    .replaceAll('curl ', 'curl -sS -w "\\n" ');
  const { stdout } = await run('bash', ['-e', '-c', calls], { cwd: root });
  return stdout.split('\n').filter((line) => line !== '');
}

export const isJson = (line: string) => line.startsWith('{');

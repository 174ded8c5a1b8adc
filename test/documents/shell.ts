import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Runs the command as `npx` does, which takes ten times as long. `test/main/install/npx.process.test.ts` runs `npx` itself. */
const NPX = `npx() { if [ "$1" = innerloop ]; then shift; node ${bin.innerloop} "$@"; else command npx "$@"; fi; }`;

/** Runs commands of a document in the checkout. `server` is the address in place of `localhost:3000`. */
export async function runInShell(
  commands: string,
  server: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const given = commands.replaceAll('localhost:3000', server.replace('http://', ''));
  return promisify(execFile)('bash', ['-c', `${NPX}\n${given}`], {
    cwd: root,
    env: { ...process.env, ...environment },
  });
}

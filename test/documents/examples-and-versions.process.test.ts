import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch.ts';
import { serveBundled } from '../support/servers/serve.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const page = readFileSync(join(root, 'docs/examples-and-versions.md'), 'utf8');
const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block);

/** What each block prints, in order. */
const expected: readonly RegExp[] = [
  /"status":"succeeded".*"labels":\{"avocado":1,"avocdo":1,"ginger":1\}/,
  /^\{"object":"list","data":\[\{"id":"ex_.*"thumbnail":"examples\/ex_[0-9a-f]*\/thumbnail"/,
  /"label":"avocado"/,
  /"status":"succeeded".*"labels":\{"avocado":2,"ginger":1\}/,
  /"agreement":0,"differences":\[\{"input":0,.*"label":"avocdo".*"label":"avocado"/,
  /"status":"succeeded".*"labels":\{"avocado":1,"avocdo":1,"ginger":1\}/,
  /"object":"erasure","examples":1,"adaptations":\["adp_.*"status":"succeeded".*"labels":\{"avocado":1,"ginger":1\}/s,
  /"status":"succeeded".*"labels":\{"avocado":1,"ginger":1\}/,
  /"memory":\{"last":200\}/,
];

describe('the calls of docs/examples-and-versions.md', () => {
  it('work as pasted, one after the other', { timeout: 120_000 }, async () => {
    const data = await scratchFolder();
    const server = await serveBundled(['photos']);
    const script = blocks
      .join("echo '--- next'\n")
      .replaceAll('localhost:3000', server.address.replace('http://', ''))
      .replaceAll('/tmp/', `${data}/`);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: root });
    const printed = stdout.split('--- next\n');
    expect(printed).toHaveLength(expected.length);
    for (const [i, pattern] of expected.entries()) expect(printed[i]).toMatch(pattern);
  });
});

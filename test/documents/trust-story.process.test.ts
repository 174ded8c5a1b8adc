import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch.ts';
import { serveBundled } from '../support/servers/serve.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/a-model-one-can-trust.md'), 'utf8');
const [, story = ''] = /```sh\n([\s\S]*?)```/.exec(page) ?? [];

/** What each step prints, by its number. */
const expected: Readonly<Record<string, RegExp>> = {
  1: /"monitor":true,"keep":\{"predictions":1000,"hours":24\}/,
  2: /"suspects":\[\{"issue":"label","example":"ex_[0-9a-f]{32}","position":14,.*"suggested":"login"/,
  3: /"label":"login".*"status":"succeeded".*"labels":\{"login":5,"refund":5,"shipping":5\}/s,
  4: /"label":null,"reason":"unlike_examples"/,
  5: /"object":"feedback".*"label":"gift card".*"object":"feedback"/s,
  6: /"label":"gift card".*"explanation":\{"label":"gift card","examples":\[\{"id":"ex_.*"text":"gift"/s,
  7: /^$/,
  8: /"object":"drift".*"isDrift":true/,
  9: /prd_[0-9a-f]/,
  10: /"status":"succeeded".*"labels":\{"login":5,"refund":5,"shipping":5\}/,
};

describe('the story of docs/a-model-one-can-trust.md', () => {
  it('is true, as pasted', { timeout: 180_000 }, async () => {
    const data = await scratchFolder();
    const server = await serveBundled(['text']);
    const script = story
      .replaceAll(/^# (\d+)\./gm, 'echo; echo "--- $1"\n# $1.')
      .replaceAll('localhost:3000', server.address.replace('http://', ''))
      .replaceAll('curl ', 'curl -sS ')
      .replaceAll('/tmp/', `${data}/`);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: root });
    const steps = Object.fromEntries(
      stdout
        .split('--- ')
        .slice(1)
        .map((step) => [step.split('\n', 1)[0], step.split('\n').slice(1).join('\n').trim()]),
    );
    expect(Object.keys(steps)).toEqual(Object.keys(expected));
    for (const [number, pattern] of Object.entries(expected)) expect(steps[number]).toMatch(pattern);
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../unit-context.ts';

const folder = mkdtempSync(join(tmpdir(), 'innerloop-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const name of ['photo.jpg', 'My Photos.zip', '*.csv']) writeFileSync(join(folder, name), '');
const scripts = Object.fromEntries(
  await Promise.all(
    ['bash', 'zsh', 'fish'].map(async (shell) => {
      const { code, stdout } = await run(['completion', shell]);
      expect(code).toBe(0);
      const file = join(folder, `.innerloop.${shell}`);
      writeFileSync(file, stdout);
      return [shell, file] as const;
    }),
  ),
);
const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;

/** What bash would offer after these words, the last of which is not finished. */
function offered(...words: readonly string[]): readonly string[] {
  const quoted = ['innerloop', ...words].map((word) => `'${word}'`).join(' ');
  const script = `source '${scripts.bash}'; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _innerloop; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd: folder });
  return text.split('\n').filter(Boolean);
}

describe('the completion for bash', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['ev'], ['evaluate']],
    [
      ['keys', ''],
      ['create', 'list', 'revoke'],
    ],
    [['keys', 'create', '--n'], ['--name']],
    [['keys', 'create', 'acme', '--na'], ['--name']],
    [
      ['evaluate', 'models/x', '--split', ''],
      ['train', 'val', 'test'],
    ],
    [['predict', '--task', 't', 'ph'], ['photo.jpg']],
    [['adapt', 'My'], ['My Photos.zip']],
    [['adapt', '*'], ['*.csv']],
    [['predict', '--task', ''], []],
    [['--v'], ['--version']],
    [['nothing', ''], []],
  ])('offers after %j: %j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });
});

describe.skipIf(!has('zsh'))('the completion for zsh', () => {
  it('is accepted by the shell', () => {
    const loading = `autoload -U compinit; compinit -D; source '${scripts.zsh}'; print $_comps[innerloop]`;
    expect(execFileSync('zsh', ['-f', '-c', loading], { encoding: 'utf8' })).toBe('_innerloop\n');
  });
});

describe.skipIf(!has('fish'))('the completion for fish', () => {
  it('offers commands, options and words', () => {
    const offers = (line: string) =>
      execFileSync('fish', ['-N', '-c', `source '${scripts.fish}'; complete -C '${line}'`], {
        encoding: 'utf8',
      });
    expect(offers('innerloop ev')).toMatch(/^evaluate\t/);
    expect(offers('innerloop keys create --n')).toMatch(/^--name\t/);
    expect(offers('innerloop evaluate x --split ')).toMatch(/val/);
  });
});

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';

describe('innerloop as a process', () => {
  it('writes no colours into a pipe', async () => {
    // Under a test runner, which the parser detects by the environment, it never writes colours.
    const { PATH } = process.env;
    const cli = join(import.meta.dirname, '../../src/main/cli.ts');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', cli, 'train', '--help'],
      { env: { PATH } },
    );
    expect(stdout).toContain('USAGE');
    expect(stdout).toBe(stripVTControlCharacters(stdout));
  });
});

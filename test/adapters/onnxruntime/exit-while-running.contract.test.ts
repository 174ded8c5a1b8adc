import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { processFile } from '../../support/tiers/processes.ts';

const script = processFile('exiting-process');

it.each([
  ['exits', 'exit', 3],
  ['ends with an error that nobody catches', 'uncaught', 1],
])(
  'a process that %s while a thread is inside a run does not abort',
  {
    timeout: 120_000,
  },
  async (_, how, expected) => {
    const child = spawn(process.execPath, [script, how], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [said, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect(said).not.toContain('Napi::Error');
    expect([code, signal]).toEqual([expected, null]);
  },
);

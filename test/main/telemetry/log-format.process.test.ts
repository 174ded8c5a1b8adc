import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const logger = new URL('../../../dist/main/server/logger.js', import.meta.url).href;

/** The log of a process whose standard output is a pipe, which the logger may take for a terminal. */
async function logged(format: string, isTerminal: boolean): Promise<string> {
  const script = `
    const { createLogger, standardOutput } = await import('${logger}');
    createLogger('info', await standardOutput('${format}', ${isTerminal})).info({ task: 'signs' }, 'adapted');`;
  const args = ['--input-type=module', '--eval', script];
  return (await promisify(execFile)(process.execPath, args)).stdout;
}

it.each([
  ['auto', false],
  ['json', true],
] as const)('logs JSON with LOG_FORMAT %s and a terminal: %s', async (format, isTerminal) => {
  const line = await logged(format, isTerminal);
  expect(JSON.parse(line)).toMatchObject({ level: 30, task: 'signs', msg: 'adapted' });
});

it.each([
  ['auto', true],
  ['pretty', false],
] as const)('logs for people with LOG_FORMAT %s and a terminal: %s', async (format, isTerminal) => {
  const line = await logged(format, isTerminal);
  // A terminal shows the lines of this day; a file keeps those of many days.
  const date = isTerminal ? '' : '\\d{4}-\\d\\d-\\d\\d ';
  expect(line).toMatch(new RegExp(`^\\[${date}\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\] .*INFO.*adapted`));
  expect(line).toContain('signs');
  expect(line.includes('\u001b[')).toBe(isTerminal);
});

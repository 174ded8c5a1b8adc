import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServerProcess } from '../support/servers/server-process.ts';
import { runInShell } from './shell.ts';

const root = join(import.meta.dirname, '../..');

const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The calls of the first block of commands, in which a comment begins each job. */
const [, block = ''] = /```sh\n(# Photos[^`]*)```/.exec(readme) ?? [];
const jobs = block
  .split(/^# /m)
  .slice(1)
  .map((part) => {
    const [title = '', ...lines] = part.split('\n');
    return { title, calls: lines.join('\n').replaceAll('\\\n', ' ').split('\n').filter(Boolean) };
  });

const expected: Readonly<Record<string, { readonly model: string; readonly answer: RegExp }>> = {
  Photos: { model: 'photos', answer: /"label":"ginger"/ },
  Texts: { model: 'text', answer: /"label":"card_lost"/ },
  'A table': { model: 'rows', answer: /^label,.*\r\nyes,.*\r\nno,/ },
  'Spoken words': { model: 'speech', answer: /"label":"yes"/ },
};

/** The answer that follows the calls, as it is shown: with `…` in place of the rest of a value, and with rounded numbers. */
const [, shown = ''] = /```json\n(.*?)```/s.exec(readme) ?? [];

/** How much a number may differ from the shown one: processors compute a little differently. */
const TOLERANCE = 0.002;

function expectShown(actual: unknown, expected: unknown, at = ''): void {
  if (typeof expected === 'number') {
    expect(Math.abs(Number(actual) - expected), at).toBeLessThan(TOLERANCE);
  } else if (typeof expected === 'object' && expected !== null) {
    expect(Object.keys(actual as object), at).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected))
      expectShown((actual as Readonly<Record<string, unknown>>)[name], value, `${at}/${name}`);
  } else if (typeof expected === 'string' && expected.endsWith('…')) {
    expect(String(actual).startsWith(expected.slice(0, -1)), at).toBe(true);
  } else expect(actual, at).toBe(expected);
}

describe('the calls of README.md', () => {
  let server: ServerProcess;
  let data = '';
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'innerloop-data-'));
    server = await startServerProcess({ DATA_DIR: data, MODELS_DIR: join(root, 'models') });
  }, 60_000);
  afterAll(async () => {
    await server.stop('SIGTERM');
    await rm(data, { recursive: true });
  });

  it('are those of four jobs', () => {
    expect(jobs.map(({ title }) => Object.keys(expected).find((name) => title.startsWith(name)))).toEqual(
      Object.keys(expected),
    );
  });

  for (const { title, calls } of jobs) {
    const [, { model, answer } = { model: '', answer: /x/ }] =
      Object.entries(expected).find(([name]) => title.startsWith(name)) ?? [];
    it(`work as pasted: ${title}`, async () => {
      const [adapt = '', predict = ''] = calls;
      const adapted = JSON.parse(await pasted(adapt));
      expect(adapted).toMatchObject({ status: 'succeeded', warnings: [] });
      expect(adapted.model).toMatch(new RegExp(`^${model}@`));
      const answered = await pasted(predict);
      expect(answered).toMatch(answer);
      if (title.startsWith('Texts')) expectShown(JSON.parse(answered), JSON.parse(shown));
    }, 60_000);
  }

  it('work as pasted: the command line', async () => {
    const [, commands = ''] = /```sh\n(# A folder of photos[^`]*)```/.exec(readme) ?? [];
    const printed = await pasted(`export INNERLOOP_SERVER=http://localhost:3000\nset -e\n${commands}`);
    expect(printed).toMatch(/^Learned 3 labels from 15 photos in /);
    expect(printed).toMatch(/^test\/fixtures\/photos\/ginger\/2\.jpg +ginger +\d/m);
    expect(printed).toMatch(/^Learned 2 labels from 12 rows in /m);
    expect(printed).toMatch(/^row 1 +yes .*\nrow 2 +no /m);
  }, 60_000);

  const pasted = async (call: string) => (await runInShell(call, server.address)).stdout;
});

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServerProcess } from '../support/servers/server-process.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The calls of the first block of commands, in which a comment begins each job. */
const [, block = ''] = /```sh\n(# Photos[^`]*)```/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
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
      expect(await pasted(predict)).toMatch(answer);
    }, 60_000);
  }

  async function pasted(call: string): Promise<string> {
    const { stdout } = await run(
      'bash',
      ['-c', call.replaceAll('localhost:3000', server.address.replace('http://', ''))],
      { cwd: root },
    );
    return stdout;
  }
});

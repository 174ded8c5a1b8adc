import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { zip } from '../../support/files/zip-writer.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { serveBundled, serveForAll } from '../../support/servers/serve.ts';
import { innerloop } from '../innerloop.ts';

const fixtures = join(import.meta.dirname, '../../fixtures');
const glyph = (name: string, hand: number) => join(fixtures, 'glyphs', name, `${hand}.png`);

/** For drawings, rows and numbers. */
const packages = ['omniglot-protonets', 'rows', 'rows-values', 'sinusoid-maml'];

/** A function that runs commands with these settings. */
const commands =
  (given: Readonly<Record<string, string>>) =>
  (args: readonly string[], more: Readonly<Record<string, string>> = {}, stdin?: Buffer) =>
    innerloop(args, undefined, { ...given, ...more }, undefined, undefined, stdin && [stdin]);

/** A server of the running test. Returns a function that runs commands against it. */
async function served() {
  const data = await scratchFolder();
  const { address } = await serveBundled(packages, { DATA_DIR: data });
  return { command: commands({ INNERLOOP_SERVER: address, DATA_DIR: data }) };
}

/** A folder with drawings of three signs. */
async function signsFolder(): Promise<string> {
  const folder = join(await scratchFolder(), 'Old Signs');
  for (const name of ['anchor', 'knot', 'tide']) {
    await mkdir(join(folder, name), { recursive: true });
    for (const hand of [1, 2]) await cp(glyph(name, hand), join(folder, name, `${hand}.png`));
  }
  await writeFile(join(folder, '.DS_Store'), 'hidden');
  return folder;
}

describe('adapt and predict', () => {
  const all = serveForAll(packages);
  const commandOfAll = () => commands({ INNERLOOP_SERVER: all.served.address });

  it('learn a folder and tell the labels of further files', async () => {
    const command = commandOfAll();
    const folder = await signsFolder();
    const learned = await command(['adapt', folder, '--model', 'omniglot-protonets']);
    expect(learned).toMatchObject({ code: 0, stderr: '' });
    expect(learned.stdout).toMatch(
      /^Learned 3 labels from 6 photos in .*\n(Estimated accuracy .*\n)?Task old-signs uses omniglot-protonets@.*\n$/,
    );
    const asked = [glyph('knot', 3), glyph('tide', 3)];
    const answered = await command(['predict', '--task', 'old-signs', ...asked]);
    expect(answered).toMatchObject({ code: 0, stderr: '' });
    const rows = answered.stdout.trimEnd().split('\n');
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 2))).toEqual([
      ['input', 'label'],
      [asked[0], 'knot'],
      [asked[1], 'tide'],
    ]);
    expect(rows[1]).toMatch(/ \d+\.\d %$/);
    const below = await command(['predict', '--task', 'old-signs', '--json', join(folder, 'anchor')]);
    expect(JSON.parse(below.stdout)).toMatchObject({
      task: 'old-signs',
      predictions: [
        {
          input: join(folder, 'anchor/1.png'),
          label: 'anchor',
          probabilities: { anchor: expect.any(Number) },
        },
        { input: join(folder, 'anchor/2.png'), label: 'anchor' },
      ],
    });
    const piped = await command(
      ['predict', '--task', 'old-signs', '-'],
      {},
      await readFile(glyph('knot', 4)),
    );
    expect(piped.stdout).toMatch(/^- +knot /m);
  });

  it('add examples, and learn archives', async () => {
    const command = commandOfAll();
    const folder = await scratchFolder();
    const archive = join(folder, 'signs.zip');
    const files = {
      'anchor/1.png': await readFile(glyph('anchor', 1)),
      'knot/1.png': await readFile(glyph('knot', 1)),
    };
    await writeFile(archive, zip(files));
    const model = ['--model', 'omniglot-protonets'];
    expect((await command(['adapt', archive, ...model])).stdout).toMatch(
      /^Learned 2 labels from 2 examples in/,
    );
    await mkdir(join(folder, 'more', 'tide'), { recursive: true });
    await cp(glyph('tide', 1), join(folder, 'more', 'tide', '1.png'));
    const more = await command(['adapt', join(folder, 'more'), '--task', 'signs', '--append', '--json']);
    expect(JSON.parse(more.stdout)).toMatchObject({
      status: 'succeeded',
      support: { labels: { anchor: 1, knot: 1, tide: 1 } },
    });
    const answered = await command(['predict', '--task', 'signs', archive]);
    expect(answered.stdout).toMatch(/^anchor\/1\.png +anchor .*\nknot\/1\.png +knot /m);
  });

  it('learn more files than a form may have', async () => {
    const command = commandOfAll();
    const folder = join(await scratchFolder(), 'many');
    for (const name of ['anchor', 'knot']) {
      await mkdir(join(folder, name), { recursive: true });
      const file = await readFile(glyph(name, 1));
      for (let i = 0; i < 513; i++) await writeFile(join(folder, name, `${i}.png`), file);
    }
    const learned = await command(['adapt', folder, '--model', 'omniglot-protonets', '--json']);
    expect(JSON.parse(learned.stdout)).toMatchObject({
      status: 'succeeded',
      support: { labels: { anchor: 513, knot: 513 } },
    });
  });

  it('learn tables, and answer rows and numbers', async () => {
    const command = commandOfAll();
    const table = join(fixtures, 'tables/customers.csv');
    expect((await command(['adapt', table, '--target', 'stays'])).stdout).toMatch(
      /^Learned 2 labels from 12 rows/,
    );
    const rows = await command([
      'predict',
      '--task',
      'customers',
      join(fixtures, 'tables/new-customers.csv'),
    ]);
    expect(rows.stdout).toMatch(/^row 1 +yes .*\nrow 2 +no /m);
    const lines = Buffer.from(
      '{"plan":"basic","price":5,"logins per week":1,"support calls":4,"joined":"2024-02-11"}\n',
    );
    const piped = await command(['predict', '--task', 'customers', '--format', 'ndjson', '-'], {}, lines);
    expect(piped.stdout).toMatch(/^line 1 +(yes|no) /m);

    const curve = join(await scratchFolder(), 'curve.ndjson');
    await writeFile(curve, '{"input": [0], "target": [0]}\n{"input": [1], "target": [0.5]}\n');
    expect((await command(['adapt', curve, '--model', 'sinusoid-maml'])).stdout).toMatch(
      /^Learned from 2 examples in/,
    );
    const value = await command(
      ['predict', '--task', 'curve', '--format', 'ndjson', '-'],
      {},
      Buffer.from('[0.5]\n'),
    );
    expect(value.stdout).toMatch(/^input +value\nline 1 +\[-?[\d.e-]+\]/);
  });
});

describe('tasks and models', () => {
  it('are listed, shown and deleted', async () => {
    const { command } = await served();
    expect((await command(['tasks'])).stdout).toBe('There are no tasks\n');
    await command(['adapt', join(fixtures, 'tables/customers.csv'), '--target', 'stays']);
    expect((await command(['tasks'])).stdout).toMatch(
      /^task +package .*created \(UTC\)\ncustomers +rows +2 /,
    );
    const { stdout } = await command(['tasks', 'customers']);
    expect(stdout).toMatch(/^labels +no, yes$/m);
    expect(stdout).toMatch(/^created +\S+ \d\d:\d\d UTC$/m);
    const all = JSON.parse((await command(['tasks', '--json'])).stdout);
    expect(all).toMatchObject([{ id: 'customers', labels: ['no', 'yes'] }]);
    expect((await command(['tasks', 'customers', '--delete'])).stdout).toBe('Task customers is deleted\n');
    const gone = await command(['tasks', 'customers']);
    expect(gone).toMatchObject({ code: 1, stdout: '' });
    expect(gone.stderr).toMatch(/^innerloop: .*customers.*\n$/);

    const models = await command(['models']);
    expect(models.stdout).toMatch(/^omniglot-protonets +\d+\.\d+\.\d+ +ready +\S/m);
    const one = await command(['models', 'sinusoid-maml']);
    expect(one.stdout).toMatch(
      /^sinusoid-maml .*: maml, for regression\n.*\nState: ready\n\nmeasured on +episodes/,
    );
    expect(JSON.parse((await command(['models', '--json'])).stdout)).toHaveLength(4);
  });

  it('of a server that asks for keys need one', async () => {
    const { command } = await served();
    const key = await command(['keys', 'create', 'acme', '--json']);
    const { token } = JSON.parse(key.stdout);
    const refused = await command(['models']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('Give a key with --key or INNERLOOP_KEY');
    expect(await command(['models'], { INNERLOOP_KEY: token })).toMatchObject({ code: 0, stderr: '' });
    expect(await command(['models', '--key', token])).toMatchObject({ code: 0, stderr: '' });
  });
});

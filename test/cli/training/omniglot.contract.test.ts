import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFetchPinned } from '../../../src/adapters/download/fetch-pinned.ts';
import { dataCommand } from '../../../src/cli/commands/data.ts';
import { omniglotClasses } from '../../../src/training/datasets/omniglot.ts';
import { OMNIGLOT_FILES, omniglotSplit } from '../../../src/training/datasets/omniglot-files.ts';
import { SPLITS } from '../../../src/training/datasets/split-classes.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { openFileServer, sendFile } from '../../support/servers/file-server.ts';
import { tinyOmniglot } from '../../training/datasets/tiny-omniglot.ts';
import { run, unitContext } from '../unit-context.ts';

const digest = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

/** A server that has two small archives in place of the real ones. */
async function served() {
  const path = await tinyOmniglot();
  const files = await Promise.all(
    OMNIGLOT_FILES.map(async ({ name }) => ({ name, content: await readFile(join(path, name)) })),
  );
  const server = await openFileServer(({ url }, response) => {
    const file = files.find(({ name }) => url?.endsWith(`/${name}`));
    if (file) sendFile(file.content, { etag: `"${file.name}"` })({ headers: {} } as never, response);
    else response.writeHead(404).end();
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const pinned = files.map(({ name, content }) => ({
    name,
    url: `${server.origin}/elsewhere/${name}`,
    sha256: digest(content),
    bytes: content.length,
  }));
  return { server, pinned, fetchPinned: createFetchPinned({ fetch: server.fetch }) };
}

describe('innerloop data omniglot', () => {
  it('downloads the archives and writes the splits, and downloads nothing twice', async () => {
    const { server, pinned, fetchPinned } = await served();
    const folder = join(await scratchFolder(), 'data/omniglot');
    const lines: string[] = [];
    const context = unitContext({ fetchPinned });
    const { subCommands } = dataCommand(
      {
        ...context,
        stdout: Object.assign(context.stdout, { write: (line: string) => lines.push(line) > 0 }),
      },
      pinned,
    );
    const get = () => subCommands.omniglot?.run({ args: { out: folder } });
    await get();
    expect(lines).toEqual([`Omniglot is in ${folder}\n`]);
    expect((await readdir(folder)).sort()).toEqual([...pinned.map(({ name }) => name), 'splits']);
    for (const { name, sha256 } of pinned) expect(digest(await readFile(join(folder, name)))).toBe(sha256);
    for (const split of SPLITS)
      expect(await readFile(join(folder, 'splits', `${split}.txt`), 'utf8')).toBe(omniglotSplit(split));
    // The data set finds all that it needs there.
    expect(Object.keys(await omniglotClasses(folder))).toEqual([...SPLITS]);
    await get();
    expect(server.ranges).toHaveLength(pinned.length);
  });

  it('refuses other files than the pinned ones, and keeps none of them', async () => {
    const { server, fetchPinned } = await served();
    const folder = await scratchFolder();
    const args = ['data', 'omniglot', '--out', folder, '--from', `${server.origin}/mirror/`];
    const { code, stderr } = await run(args, { fetchPinned });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Expected sha256 ad41ab67.* of https:.*\/mirror\/images_background\.zip, got /);
    expect(await readdir(folder)).toEqual(['splits']);
    expect(await readdir(join(folder, 'splits'))).toEqual([]);
  });

  it('takes the files from a folder', async () => {
    const from = await scratchFolder();
    await mkdir(from, { recursive: true });
    await writeFile(join(from, 'images_background.zip'), 'no archive');
    const out = await scratchFolder();
    const { code, stderr } = await run(['data', 'omniglot', '--out', out, '--from', from], {
      fetchPinned: createFetchPinned(),
    });
    expect(code).toBe(1);
    expect(stderr).toContain(`of ${join(from, 'images_background.zip')}, got `);
  });
});

describe('the splits of Omniglot', () => {
  it.each([
    ['train', 1028, '189c10b6479a07e808302b5f1ada00d995589557373e68ebe3e718780196ed0a'],
    ['val', 172, '8b1baec8706cbc2c2f1d23874a30a50ac8f589502ea36e213c3c3cf14d30a189'],
    ['test', 423, 'af119b10f318ddb7afdf5108b360887823cf06da68d846c7e5de7286492976d7'],
  ] as const)('have the characters that the packages were trained with: %s', (split, count, sha256) => {
    const text = omniglotSplit(split);
    expect(text.trimEnd().split('\n')).toHaveLength(count);
    expect(digest(text)).toBe(sha256);
  });
});

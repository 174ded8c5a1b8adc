import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { archiveBody } from '../../../src/cli/server/archive.ts';
import type { Body } from '../../../src/cli/server/connection.ts';
import { filesBelow } from '../../../src/cli/server/folder.ts';
import { formBody } from '../../../src/cli/server/multipart.ts';
import { examplesAt } from '../../../src/cli/server/sources.ts';
import { filesOfZip } from '../../../src/files/zip.ts';
import { scratchFolder } from '../../support/scratch.ts';

async function bytesOf({ chunks, length }: Body): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of chunks()) parts.push(part);
  const bytes = Buffer.concat(parts);
  expect(bytes.length).toBe(length);
  return bytes;
}

/** A folder with files of some content, by their paths. */
async function folderWith(...paths: readonly string[]): Promise<string> {
  const folder = await scratchFolder();
  for (const path of paths) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), `content of ${path}`);
  }
  return folder;
}

describe('a folder', () => {
  it('is read below, in order and without files of the operating system', async () => {
    const folder = await folderWith(
      'b/2.txt',
      'b/1.txt',
      'a/x/1.txt',
      '.git/config',
      'a/.DS_Store',
      '__MACOSX/a',
      'b/Thumbs.db',
      'Desktop.ini',
    );
    expect((await filesBelow(folder)).map(({ name }) => name)).toEqual(['a/x/1.txt', 'b/1.txt', 'b/2.txt']);
  });

  it('becomes a form in which the name of a field is the label', async () => {
    const folder = await folderWith('say "yes"/ä.txt', 'über/1.txt');
    const { body, noun } = await examplesAt(folder);
    const form = await new Response(new Uint8Array(await bytesOf(body)), {
      headers: { 'content-type': body.type },
    }).formData();
    const parts = await Promise.all(
      [...form].map(async ([label, file]) => [label, (file as File).name, await (file as File).text()]),
    );
    expect(parts).toEqual([
      ['say "yes"', 'ä.txt', 'content of say "yes"/ä.txt'],
      ['über', '1.txt', 'content of über/1.txt'],
    ]);
    expect(noun).toBe('text');
    // It can be sent again.
    expect(await bytesOf(body)).toEqual(await bytesOf(body));
  });
});

describe('a form', () => {
  it('may have texts and bytes', async () => {
    const bytes = Buffer.from([0, 255, 13, 10]);
    const words = Buffer.from('été');
    const body = formBody([
      { name: 'text', length: words.length, content: { bytes: words } },
      { name: 'file', filename: 'a\n"b', length: bytes.length, content: { bytes } },
    ]);
    const form = await new Response(new Uint8Array(await bytesOf(body)), {
      headers: { 'content-type': body.type },
    }).formData();
    expect(form.get('text')).toBe('été');
    const file = form.get('file') as File;
    expect([file.name, Buffer.from(await file.arrayBuffer())]).toEqual(['a\n"b', bytes]);
  });
});

describe('an archive', () => {
  it('is read by the reader of archives', async () => {
    const folder = await folderWith('ß/1.txt', 'empty/2.txt', 'z.txt');
    await writeFile(join(folder, 'empty/2.txt'), '');
    const files = await filesOfZip(await bytesOf(archiveBody(await filesBelow(folder))));
    const read = await Promise.all(
      files.map(async (each) => [each.name, `${Buffer.from(await each.read())}`]),
    );
    expect(read).toEqual([
      ['empty/2.txt', ''],
      ['z.txt', 'content of z.txt'],
      ['ß/1.txt', 'content of ß/1.txt'],
    ]);
  });

  it('refuses a file that changes meanwhile', async () => {
    const folder = await folderWith('a/1.txt');
    const body = archiveBody(await filesBelow(folder));
    await writeFile(join(folder, 'a/1.txt'), 'changed');
    await expect(bytesOf(body)).rejects.toThrow(/a\/1\.txt changed while it was read/);
  });
});

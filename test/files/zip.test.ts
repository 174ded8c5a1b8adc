import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { labelledByFolder } from '../../src/files/class-folders.ts';
import { defaultZipLimits, filesOfZip } from '../../src/files/zip.ts';
import { zip } from '../support/files/zip-writer.ts';

const text = (content: string) => Buffer.from(content);

/** The archive with a change to the header of its first entry in the central directory. */
function changed(archive: Buffer, offset: number, write: (at: number) => void): Buffer {
  write(archive.indexOf('PK\x01\x02') + offset);
  return archive;
}

describe('filesOfZip', () => {
  it('reads files and passes over folders and files of the operating system', async () => {
    const archive = zip({
      'cat/': text(''),
      'cat/1.txt': text('meow'),
      '__MACOSX/cat/._1.txt': text('x'),
      'cat/.DS_Store': text('x'),
      'cat/Thumbs.db': text('x'),
      'DESKTOP.INI': text('x'),
    });
    const files = await filesOfZip(archive);
    expect(files.map(({ name }) => name)).toEqual(['cat/1.txt']);
    expect(Buffer.from((await files[0]?.read()) ?? []).toString()).toBe('meow');
  });

  it.each([
    ['what is not an archive', () => text('hello'), 'Expected a zip archive'],
    ['paths that lead out', () => zip({ '../evil.txt': text('x') }), 'invalid relative path'],
    ['absolute paths', () => zip({ '/etc/passwd': text('x') }), 'absolute path'],
    [
      'encrypted files',
      () => {
        const archive = zip({ 'a/1.txt': text('x') });
        return changed(archive, 8, (at) => {
          archive.writeUInt16LE(1, at);
          archive.writeUInt32LE(13, at + 12);
        });
      },
      'Expected files without a password at "a/1.txt"',
    ],
    [
      'links',
      () => {
        const archive = zip({ 'a/1.txt': text('x') });
        return changed(archive, 38, (at) => archive.writeUInt32LE(0o120_777 * 0x1_0000, at));
      },
      'Expected a file at "a/1.txt" in the archive, got a link',
    ],
    [
      'a name twice',
      () => {
        const archive = zip({ 'a/1.txt': text('x'), 'a/2.txt': text('y') });
        return Buffer.from(archive.toString('latin1').replaceAll('a/2.txt', 'a/1.txt'), 'latin1');
      },
      'Expected each file once in the archive, got "a/1.txt" twice',
    ],
  ])('refuses %s', async (_, archive, message) => {
    await expect(filesOfZip(archive())).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(message),
    });
  });

  it('refuses more files, bytes, or growth than allowed before it unpacks anything', async () => {
    const archive = zip({ 'a/1': text('xxxx'), 'a/2': text('yyyy') });
    for (const limits of [{ entries: 1 }, { totalBytes: 7 }, { ratio: 0.01 }])
      await expect(filesOfZip(archive, { ...defaultZipLimits, ...limits })).rejects.toMatchObject({
        code: 'payload_too_large',
      });
  });

  it('stops unpacking at the stated size', async () => {
    const bomb = deflateRawSync(Buffer.alloc(1_000_000));
    const archive = zip({ 'a/1': bomb });
    // Deflated, and stated to be as large as it is packed.
    for (const header of ['PK\x03\x04', 'PK\x01\x02'])
      archive.writeUInt16LE(8, archive.indexOf(header) + (header === 'PK\x03\x04' ? 8 : 10));
    const [file] = await filesOfZip(archive);
    await expect(file?.read()).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('a file that can be unpacked at "a/1"'),
    });
  });

  it('refuses an archive within the archive', async () => {
    const [file] = await filesOfZip(zip({ 'a/1.zip': zip({ b: text('x') }) }));
    await expect(file?.read()).rejects.toMatchObject({
      message: expect.stringContaining('an archive within the archive'),
    });
  });
});

describe('labelledByFolder', () => {
  const labels = (...names: string[]) =>
    labelledByFolder(names.map((name) => ({ name }))).map(({ label }) => label);

  it('takes the folder as the label', () => {
    expect(labels('cat/1.jpg', 'dog/1.jpg')).toEqual(['cat', 'dog']);
  });

  it('passes over one folder around all others', () => {
    expect(labels('photos/cat/1.jpg', 'photos/dog/1.jpg')).toEqual(['cat', 'dog']);
    expect(labels('cat/1.jpg', 'cat/2.jpg')).toEqual(['cat', 'cat']);
  });

  it('refuses files outside folders, and an archive without files', () => {
    expect(() => labels('cat/1.jpg', '2.jpg')).toThrow(/Expected each file in a folder .* got "2\.jpg"/);
    expect(() => labels()).toThrow(/got none/);
  });
});

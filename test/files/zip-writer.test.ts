import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { filesOfZip } from '../../src/files/zip.ts';
import { type FileToZip, zipOf } from '../../src/files/zip-writer.ts';
import { deferred } from '../support/deferred.ts';

const file = (name: string, bytes: Uint8Array): FileToZip => ({
  name,
  bytes,
  modifiedAt: new Date('2026-01-01T00:00:00Z'),
});

describe('zipOf', () => {
  it('writes an archive that is read back, in its order', async () => {
    const given = {
      'b/Zoë.bin': Uint8Array.of(0, 255, 7),
      'a/1.txt': Buffer.from('one'),
      'a/0.txt': Buffer.of(),
    };
    async function* files() {
      for (const [name, bytes] of Object.entries(given)) yield file(name, bytes);
    }
    const read = await filesOfZip(await buffer(zipOf(files())));
    expect(read.map(({ name }) => name)).toEqual(Object.keys(given));
    for (const each of read)
      expect([...(await each.read())]).toEqual([...(given[each.name as keyof typeof given] ?? [])]);
  });

  it('is an empty archive without files', async () => {
    async function* none(): AsyncGenerator<FileToZip> {}
    expect(await filesOfZip(await buffer(zipOf(none())))).toEqual([]);
  });

  it('takes no more files than are read, and none after the reader has gone', async () => {
    let taken = 0;
    const ended = deferred();
    async function* endless() {
      try {
        for (;;) yield file(`a/${taken++}.bin`, new Uint8Array(100_000));
      } finally {
        ended.resolve();
      }
    }
    const archive = zipOf(endless());
    for await (const _ of archive) break;
    await ended.promise;
    expect(taken).toBeLessThan(10);
  });

  it('fails with the error of its files', async () => {
    async function* failing() {
      yield file('a/1.bin', Uint8Array.of(1));
      throw new Error('erased in between');
    }
    await expect(buffer(zipOf(failing()))).rejects.toThrow('erased in between');
  });
});

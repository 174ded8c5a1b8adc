import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFile } from '../../src/package/read-file.ts';
import { scratchFolder } from '../support/scratch.ts';

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(await scratchFolder(), 'model.onnx');
  await writeFile(path, bytes);
  return path;
}

describe('reading a file of others', () => {
  it('answers its bytes, also of an empty one', async () => {
    for (const size of [0, 1, 100_000]) {
      const bytes = Buffer.alloc(size, 7);
      expect(Buffer.compare(await readFile(await fileOf(bytes), 100_000), bytes)).toBe(0);
    }
  });

  it('refuses more bytes than a setting allows, and names it', async () => {
    await expect(readFile(await fileOf(Buffer.alloc(11)), 10, 'IMPORT_MAX_BYTES')).rejects.toMatchObject({
      code: 'invalid_package',
      message: 'model.onnx: expected at most 10 bytes (IMPORT_MAX_BYTES), got 11',
      details: { expected: 'at most 10 bytes (IMPORT_MAX_BYTES)', got: '11' },
    });
  });

  it('says why a file cannot be read', async () => {
    const folder = await scratchFolder();
    await expect(readFile(join(folder, 'none.onnx'), 10)).rejects.toThrow(
      'none.onnx: expected a file that can be read, got no such file or directory',
    );
    await mkdir(join(folder, 'folder'));
    await expect(readFile(join(folder, 'folder'), 10)).rejects.toThrow(/folder: expected a file, got/);
  });

  it.runIf(process.platform === 'linux')('refuses a file that has more bytes than it states', async () => {
    await expect(readFile('/proc/self/status', 2 ** 20)).rejects.toThrow(
      'status: expected 0 bytes, as it had when it was opened, got more',
    );
  });
});

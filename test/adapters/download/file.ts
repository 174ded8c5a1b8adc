import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';

/** The file that the server sends. */
export const file = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
export const sha256 = createHash('sha256').update(file).digest('hex');
export const etag = '"first"';
/** `toEqual` on long buffers takes seconds. */
export const expectFile = async (path: string) => expect(file.equals(await readFile(path))).toBe(true);

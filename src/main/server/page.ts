import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ReadyFile, readyFile } from '../../http/protocol/send-file.ts';
import type { Page } from '../../http/routes/pages/playground.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.csv': 'text/csv; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.wav': 'audio/wav',
  '.json': 'application/json',
  '.png': 'image/png',
  '.webp': 'image/webp',
};
const PACKED = new Set(['.jpg', '.wav', '.png', '.webp']);

/** Where `npm run build` writes the page. */
const BUILT = new URL('../../../dist/playground/', import.meta.url);

/** Reads the built page into memory (some 300 kB). Undefined if it has not been built. */
export async function readPage(folder = fileURLToPath(BUILT)): Promise<Page | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => extname(name) in TYPES);
  if (!names.includes('index.html')) return undefined;
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFileOf(folder, name)] as const)),
  );
}

async function readFileOf(folder: string, name: string): Promise<ReadyFile> {
  return pageFile(extname(name), await readFile(join(folder, name)));
}

/** A file to serve, from its content. */
export function pageFile(extension: string, body: Buffer): ReadyFile {
  return readyFile(String(TYPES[extension]), body, PACKED.has(extension));
}

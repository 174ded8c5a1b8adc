import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Imports of `src` in tests load the build: Node loads it in less time than Vitest loads sources, and its threads and processes
 * start in a fifth of the time, because those of sources load a compiler first. The page stays as it is, because its modules are
 * built as one file.
 */
export const fromBuild: Plugin = {
  name: 'from-build',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!importer || !/^\..*\.ts$/.test(source)) return null;
    const path = builtPath(resolve(dirname(importer), source));
    return path !== null && existsSync(path) ? path : null;
  },
};

/** `…/src/x.ts` as `…/dist/x.js`; null for other files. */
export function builtPath(path: string): string | null {
  const source = `${root}src/`;
  return path.startsWith(source) ? `${root}dist/${path.slice(source.length, -'.ts'.length)}.js` : null;
}

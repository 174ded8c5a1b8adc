import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { builtPath } from './from-build.ts';

const sources = join(import.meta.dirname, '../processes');
const built = join(import.meta.dirname, '../../../node_modules/.test-processes');

/** The file to run for `test/support/processes/<name>.ts`, compiled: the loader of sources takes longer than most tests. */
export const processFile = (name: string): string => join(built, `${name}.js`);

/** Compiles the processes and threads of tests: each becomes one file, over the build of `src`. */
export async function buildProcesses(): Promise<void> {
  const files = await readdir(sources);
  await build({
    entryPoints: files.map((each) => join(sources, each)),
    outdir: built,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    plugins: [
      {
        name: 'from-build',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => {
            const file = builtPath(resolve(resolveDir, path));
            return file === null ? null : { path: pathToFileURL(file).href, external: true };
          }),
      },
    ],
  });
}

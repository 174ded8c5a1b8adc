import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** The programs of the page. `recorder.js` runs on the audio thread, so it is a file of its own. */
const PROGRAMS = {
  app: 'main.tsx',
  recorder: 'media/recorder.worklet.ts',
  style: 'style/style.css',
  guide: 'guide/search.ts',
  'guide-style': 'guide/guide.css',
};
/** Files that the page needs as they are. Samples are loaded only when someone tries them. */
const COPIED = ['index.html', 'icon.svg', 'samples/files/*'];

/**
 * Bundles `src/playground` into the files of `dist/playground`, in memory. esbuild is what builds the service, too.
 *
 * @param {string} root the folder of the repository
 * @param {readonly string[]} sources the files of `src/`
 * @returns {Promise<readonly { path: string, contents: Uint8Array }[]>}
 */
export async function buildPage(root, sources) {
  const from = join(root, 'src/playground');
  const to = join(root, 'dist/playground');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(PROGRAMS).map(([name, file]) => [name, join(from, file)])),
    outdir: to,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome111', 'firefox115', 'safari16.4'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    write: false,
    logLevel: 'error',
  });
  const folder = 'playground/';
  const copied = sources
    .filter((each) => each.startsWith(folder))
    .map((each) => each.slice(folder.length))
    .filter((each) => COPIED.includes(each) || COPIED.includes(each.replace(/[^/]+$/, '*')));
  const files = copied.map(async (each) => ({
    path: join(to, basename(each)),
    contents: await readFile(join(from, each)),
  }));
  return [...outputFiles, ...(await Promise.all(files))];
}

import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildPage } from './build-page.mjs';

/**
 * Compiles each file of `src` to JavaScript in `dist`, without checking types. `npm start` runs the result: it starts in
 * half the time of the sources and answers faster, because the loader of sources wraps every named function.
 *
 * The page of `src/playground` becomes a few files that browsers load (`build-page.mjs`). So do packages of many hundred
 * files (`BUNDLED`): reading them one by one takes a third of the time to import the server.
 *
 * Only files whose content changes are written, each under another name first, so that a server can start meanwhile. Files
 * without a source are removed.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What `src` imports of packages that become one file each in `dist/bundled`. */
const BUNDLED = ['typebox', 'typebox/value'];

const files = await readdir(join(root, 'src'), { recursive: true });
const page = buildPage(root, files);
const packages = build({
  absWorkingDir: root,
  entryPoints: Object.fromEntries(BUNDLED.map((each) => [each, each])),
  outdir: 'dist/bundled',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  write: false,
  logLevel: 'error',
});

/** @param {string} importer @param {string} path */
function importPath(importer, path) {
  if (!BUNDLED.includes(path)) return path.replace(/^(\..*)\.ts$/, '$1.js');
  const toBundled = relative(dirname(importer), join(root, 'src/bundled', path));
  return `${toBundled.startsWith('.') ? '' : './'}${toBundled}.js`;
}

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: files
    .filter((each) => each.endsWith('.ts') && !each.startsWith('playground/'))
    .map((each) => `src/${each}`),
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  write: false,
  logLevel: 'error',
  plugins: [
    {
      name: 'imports-stay',
      setup: ({ onResolve }) =>
        onResolve({ filter: /./ }, ({ importer, kind, path }) =>
          kind === 'entry-point' ? null : { path: importPath(importer, path), external: true },
        ),
    },
  ],
});

const built = [...outputFiles, ...(await packages).outputFiles, ...(await page)];
await Promise.all(
  built.map(async ({ path, contents }) => {
    const current = await readFile(path).catch(() => null);
    if (current && Buffer.compare(current, contents) === 0) return;
    await mkdir(dirname(path), { recursive: true });
    const unfinished = `${path}.${process.pid}`;
    await writeFile(unfinished, contents);
    await rename(unfinished, path);
  }),
);

// A file that names its interpreter is a command.
const commands = outputFiles.filter(({ contents }) => contents[0] === 0x23 && contents[1] === 0x21);
await Promise.all(commands.map(({ path }) => chmod(path, 0o755)));

const made = new Set(built.map(({ path }) => path));
const present = await readdir(join(root, 'dist'), { recursive: true });
await Promise.all(
  present
    .map((each) => join(root, 'dist', each))
    .filter((path) => path.endsWith('.js') && !made.has(path))
    .map((path) => rm(path, { force: true })),
);

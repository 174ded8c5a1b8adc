import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../../support/scratch.ts';
import { listeningAddress } from '../../support/servers/listening-address.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const glyph = (name: string, hand: number) => join(root, 'test/fixtures/glyphs', name, `${hand}.png`);

/**
 * What the archive of `npm pack` may have: at its root, and the command. `encoders` is there after `npm run package`; `test` has the files that
 * the calls of the welcome text and the demo use; `docs`, `bench` and the documents at the root are the guide.
 */
const ROOT =
  /^(dist|encoders|models|openapi|test|docs|bench|LICENSE|NOTICE|(README|ARCHITECTURE|CHANGELOG|CONTRIBUTING)\.md|package\.json|src\/main\/innerloop\.mjs)$/;
const MEGABYTES = 60;

/**
 * Unpacks what `npm pack` packs, as an installation does. Its dependencies are those of this checkout, since a test
 * downloads nothing. Returns the folder with the commands.
 */
async function installed(): Promise<{ readonly commands: string; readonly unpacked: string }> {
  const folder = await scratchFolder();
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename, size, files }] = JSON.parse(stdout);
  expect(size).toBeLessThan(MEGABYTES * 1e6);
  const others = files.filter(
    ({ path }: { path: string }) => !ROOT.test(path) && !ROOT.test(path.split('/')[0] ?? ''),
  );
  expect(others).toEqual([]);
  await run('tar', ['-xzf', filename], { cwd: folder });
  const unpacked = join(folder, 'package');
  await symlink(join(root, 'node_modules'), join(unpacked, 'node_modules'));
  const { bin } = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8'));
  const commands = join(folder, 'bin');
  await mkdir(commands);
  // As npm does it.
  await chmod(join(unpacked, bin.innerloop), 0o755);
  await symlink(join(unpacked, bin.innerloop), join(commands, 'innerloop'));
  return { commands, unpacked };
}

/** A program in TypeScript that imports the client by its public name. */
const program = (server: string, drawing: string) => `
import { readFileSync } from 'node:fs';
import { createClient, type InnerloopProblem, type Prediction } from 'innerloop/client';
const client = createClient({ server: ${JSON.stringify(server)} });
const drawing = new Blob([readFileSync(${JSON.stringify(drawing)})]);
const { predictions } = await client.predict('signs', [drawing], { reject: false });
const first: Prediction | undefined = predictions[0];
await client.tasks.get('nowhere').catch(({ code }: InnerloopProblem) => console.log(code));
// @ts-expect-error: a label is a text
client.adapt('signs', [{ label: 1, input: drawing }]).catch(() => {});
console.log(first?.label);
`;

/** Compiles the program strictly in a folder where the package is installed, and runs it. */
async function askWithClient(unpacked: string, address: string): Promise<string> {
  const cwd = await scratchFolder();
  await mkdir(join(cwd, 'node_modules'));
  await symlink(unpacked, join(cwd, 'node_modules/innerloop'));
  await symlink(join(root, 'node_modules/@types'), join(cwd, 'node_modules/@types'));
  await writeFile(join(cwd, 'ask.mts'), program(address, glyph('knot', 3)));
  const strict = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
  await run(process.execPath, [tsc, ...strict, 'ask.mts'], { cwd });
  const { stdout } = await run(process.execPath, ['ask.mjs'], { cwd });
  const [code, label = ''] = stdout.trim().split('\n');
  expect(code).toBe('task_not_found');
  return label;
}

it('the packed program and its client run in an empty folder', async () => {
  await run(process.execPath, [tsc, '-p', 'src/client'], { cwd: root });
  const { commands, unpacked } = await installed();
  const PATH = `${commands}:${process.env.PATH}`;
  const cwd = await scratchFolder();
  const environment = { PATH, HOME: process.env.HOME };
  const innerloop = async (...args: string[]) =>
    (await run('innerloop', args, { cwd, env: environment })).stdout;
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  expect(await innerloop('--version')).toBe(`${version}\n`);

  const server = spawn('innerloop', ['serve', '--port', '0'], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(server.stdout).on('line', (line) => {
      const at = listeningAddress(line);
      if (at !== null) resolve(at);
    });
    server.once('exit', (code) => reject(new Error(`innerloop serve ended with ${code}`)));
  });
  const at = ['--server', address];
  const examples = join(await scratchFolder(), 'signs');
  for (const name of ['anchor', 'knot']) {
    await mkdir(join(examples, name), { recursive: true });
    await symlink(glyph(name, 1), join(examples, name, '1.png'));
  }
  expect(await innerloop('adapt', examples, '--model', 'omniglot-protonets', ...at)).toMatch(
    /^Learned 2 labels/,
  );
  expect(await innerloop('predict', '--task', 'signs', glyph('knot', 2), ...at)).toMatch(/ knot /);
  expect(await askWithClient(unpacked, address)).toBe('knot');
  expect(JSON.parse(await innerloop('demo', address, '--json')).accuracy).toBeGreaterThan(0.5);
  server.kill('SIGTERM');
  expect(await once(server, 'exit')).toEqual([0, null]);
  expect(await readdir(cwd)).toEqual(['data']);
});

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/training/random.ts';
import { wavOf } from '../adapters/audio/wav.ts';
import { perceptron, residualNetwork, soundNetwork, textTransformer } from '../encoders/import/networks.ts';
import { intents } from '../fixtures/text/intents.ts';
import { HUES, huePicture } from '../support/files/hues.ts';
import { type ServerProcess, startServerProcess } from '../support/servers/server-process.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The commands of the page, by the first words of each line. */
const page = readFileSync(join(root, 'docs/bring-your-own.md'), 'utf8');
const [, own = ''] = page.split('## A model of your own');
const lines = [...own.matchAll(/```sh\n([^`]*)```/g)].flatMap(([, block = '']) => block.split('\n'));
const starting = (words: string) => lines.filter((line) => line.startsWith(words));
const CLI = 'npm run innerloop --';
const commands = [...starting(`${CLI} import`), ...starting(`${CLI} train`)];
const calls = starting('curl');

/** Each call of adapt with the answer that its prediction has to give. */
const expected: Readonly<Record<string, string>> = {
  fruit: 'lemon',
  intents: 'lost',
  words: 'low',
  machine: 'worn',
};

const CLASSES = 12;
const EXAMPLES = 8;
const indices = (count: number) => Array.from({ length: count }, (_, i) => i);

async function writeFolders(
  folder: string,
  names: readonly string[],
  extension: string,
  make: (of: number, i: number) => Buffer | Promise<Buffer>,
): Promise<void> {
  for (const of of indices(CLASSES)) {
    const place = join(folder, names[of] ?? `class${of}`);
    await mkdir(place, { recursive: true });
    for (const i of indices(EXAMPLES)) await writeFile(join(place, `${i}.${extension}`), await make(of, i));
  }
}

/** A tone of its class, with a random phase. */
function tone(of: number, i: number): Buffer {
  const phase = createRandom(i).fork(`${of}`).uniform();
  const wave = indices(400).map((t) => 0.8 * Math.sin(2 * Math.PI * (phase + (t * (of + 1)) / 64)));
  return wavOf([wave]);
}

/** Small models and small data under the names of the page. */
async function prepare(folder: string): Promise<void> {
  const at = (...path: readonly string[]) => join(folder, ...path);
  await mkdir(at('minilm'));
  await writeFile(at('resnet18.onnx'), residualNetwork().bytes);
  await writeFile(at('minilm', 'model.onnx'), textTransformer(200).bytes);
  await cp(join(root, 'test/fixtures/tokenizers/wordpiece.json'), at('minilm', 'tokenizer.json'));
  await writeFile(at('sounds.onnx'), soundNetwork().bytes);
  await writeFile(at('sensors.onnx'), perceptron().bytes);
  await writeFolders(
    at('photos'),
    ['lemon', '', '', '', '', '', 'plum'].map((name, i) => name || `fruit${i}`),
    'png',
    (of, i) => huePicture(HUES[2 * of] ?? '', i),
  );
  await writeFolders(at('words'), ['low', ...indices(10).map((i) => `tone${i}`), 'high'], 'wav', tone);
  const texts = Object.entries(intents).flatMap(([language, groups]) =>
    groups.flatMap((group, i) => group.map((text) => `${language}${i},"${text}"`)),
  );
  await writeFile(at('intents.csv'), ['label,text', ...texts].join('\n'));
  const random = createRandom(7);
  const readings = indices(CLASSES * EXAMPLES).map((i) => {
    const of = i % CLASSES;
    const peaks = indices(9).map((at) => (at === of % 9 || at === (4 * of) % 9 ? 6 : 0) + random.normal());
    return [`state${of}`, ...peaks].join(',');
  });
  const columns = indices(9).map((i) => `sensor${i}`);
  await writeFile(at('readings.csv'), [['label', ...columns].join(','), ...readings].join('\n'));
}

describe('the commands of docs/bring-your-own.md', { timeout: 120_000 }, () => {
  let folder = '';
  let server: ServerProcess | undefined;
  const environment = () => ({
    DATA_DIR: join(folder, 'data'),
    ENCODERS_DIR: join(folder, 'encoders'),
    MODELS_DIR: join(folder, 'models'),
    XDG_CACHE_HOME: join(folder, 'cache'),
  });
  const pasted = async (line: string) => {
    const command = line
      .replace(CLI, `'${process.execPath}' '${join(root, 'dist/main/cli.js')}'`)
      .replaceAll('localhost:3000', server?.address.replace('http://', '') ?? '');
    const { stdout } = await run('bash', ['-c', command], {
      cwd: folder,
      env: { ...process.env, ...environment() },
    });
    return stdout;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'innerloop-own-'));
    await prepare(folder);
  });
  afterAll(async () => {
    await server?.stop('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  });

  it('are those of four kinds of input', () => {
    expect([commands.length, calls.length]).toEqual([9, 8]);
  });

  it.each(commands)('work as pasted: %s', async (line) => {
    const [, name = ''] = /--name (\S+)/.exec(line) ?? [];
    expect(await pasted(line)).toMatch(new RegExp(`^${name}.* is in .*${name}$`, 'm'));
  });

  it('lead to a service that learns from a few examples', async () => {
    server = await startServerProcess(environment());
    const answers: Record<string, string> = {};
    for (const line of calls) {
      const [, task = '', action] = /tasks\/(\w+)\/(\w+)/.exec(line) ?? [];
      const answer = JSON.parse(await pasted(line));
      if (action === 'adapt') expect(answer, line).toMatchObject({ status: 'succeeded' });
      else answers[task] = answer.predictions?.[0].label ?? JSON.stringify(answer);
    }
    expect(answers).toEqual(expected);
  });
});

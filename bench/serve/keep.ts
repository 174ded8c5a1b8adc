import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseConfig } from '../../src/config/parse.ts';
import { compose } from '../../src/main/server/compose.ts';
import { createLogger } from '../../src/main/server/logger.ts';
import type { RawInput } from '../../src/service/inputs/raw-input.ts';
import { median } from '../support/median.ts';

/**
 * What keeping costs a prediction: the median time with `keep` over that without it, in turns, in one process over files.
 * `npm run bench:keep` prints one line for each kind of input. With `REDIS_URL`, over that Redis, which must be empty.
 */
const root = join(import.meta.dirname, '../..');
const TURNS = 30;
const PER_TURN = 5;

const photo = async (name: string, n: number): Promise<RawInput> => ({
  kind: 'file',
  file: await readFile(join(root, `test/fixtures/photos/${name}/${n}.jpg`)),
});
const text = (words: string): RawInput => ({ kind: 'text', text: words });

const cases = {
  text: {
    support: [
      ['card', text('I lost my card')],
      ['money', text('How much money do I have?')],
    ],
    ask: text('Somebody took my card on the train'),
  },
  photos: {
    support: [
      ['lemon', await photo('lemon', 1)],
      ['ginger', await photo('ginger', 1)],
    ],
    ask: await photo('lemon', 2),
  },
} as const;

const data = await mkdtemp(join(tmpdir(), 'innerloop-keep-'));
const { REDIS_URL = '' } = process.env;
const config = parseConfig({ MODELS_DIR: join(root, 'models'), DATA_DIR: data, REDIS_URL });
const composed = await compose(config, createLogger('silent'));
await composed.loaded;
composed.work();
const { service } = composed;

for (const [model, { support, ask }] of Object.entries(cases)) {
  const task = `keep-${model}`;
  const examples = support.map(([label, input]) => ({ label, input }));
  const accepted = await service.adapt('bench', task, { model, support: examples });
  await service.waitUntilEnded(accepted, AbortSignal.timeout(60_000));
  const times = { without: [] as number[], kept: [] as number[] };
  for (let turn = -2; turn < TURNS; turn++)
    for (const [name, keep] of [
      ['without', null],
      ['kept', { predictions: 1000, hours: 1 }],
    ] as const) {
      await service.putTask('bench', task, { keep });
      for (let i = 0; i < PER_TURN; i++) {
        const began = performance.now();
        await service.predict('bench', task, [ask]);
        if (turn >= 0) times[name].push(performance.now() - began);
      }
    }
  const [without, kept] = [median(times.without), median(times.kept)];
  const ratio = (kept / without).toFixed(2);
  console.log(`${model}: ${ratio} times as long (${without.toFixed(2)} ms → ${kept.toFixed(2)} ms)`);
}
await service.deleteTenant('bench', { keepsKeys: true, waitMs: 10_000 });
await composed[Symbol.asyncDispose]();
await rm(data, { recursive: true, force: true });

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../../src/config/parse.ts';
import { type Composed, compose } from '../../../src/main/server/compose.ts';
import { createLogger, standardOutput } from '../../../src/main/server/logger.ts';
import type { RawInput } from '../../../src/service/inputs/raw-input.ts';
import { markdownTable } from '../../../src/training/card/markdown-table.ts';
import { type ContentKind, readContents } from '../../../src/training/datasets/contents/read-contents.ts';
import { createRandom } from '../../../src/training/random.ts';
import { median } from '../../support/median.ts';
import type { Section } from '../section.ts';
import { drawTask, openServed, type Served, sent } from '../served.ts';

interface Line {
  readonly model: string;
  readonly kind: ContentKind;
  readonly path: string;
  readonly shots: number;
}

const LINES: readonly Line[] = [
  { model: 'omniglot-protonets', kind: 'image', path: 'images/quickdraw25.zip', shots: 5 },
  { model: 'omniglot-protonets', kind: 'image', path: 'images/quickdraw25.zip', shots: 25 },
  { model: 'text', kind: 'text', path: 'text/hwu64.tsv', shots: 5 },
  { model: 'text', kind: 'text', path: 'text/hwu64.tsv', shots: 25 },
  { model: 'photos', kind: 'image', path: 'images/caltech101.zip', shots: 5 },
];
/** Turns, and predictions of each side in a turn. */
const [TURNS, EACH] = [15, 50];

/** What the novelty of predictions costs. */
export const speed: Section = {
  title: 'What it costs',
  intro:
    'The numbers are ratios of median times of a prediction of one input; the two variants run in turns. *Novelty*: the time of decoding and answering in the process with novelty, divided by the time without it (the service always computes novelty; other protocols do not). The goal is at most 1.05. ' +
    '*Before*: the time of a prediction without options over HTTP, divided by the time on the server of another checkout in the folder that `BEFORE` names. For the numbers here, this is the commit before reports, b0cf33f (`git worktree add ../before b0cf33f`, with its `node_modules`). ' +
    `${TURNS * EACH} predictions of each variant for each row, on an idle machine: the ratios vary by a few hundredths.`,
  countsTasks: true,
  async run({ note }) {
    const rows: string[][] = [];
    const before = process.env.BEFORE;
    await using composed = await openService();
    await using now = before === undefined ? null : await openServed();
    await using then = before === undefined ? null : await openServed(before);
    for (const [i, line] of LINES.entries()) {
      note(`speed: ${line.model}, ${line.shots} shots`);
      const all = await readContents(join('data', line.path), line.kind);
      const { shots } = line;
      const task = await drawTask(all, createRandom(29), { ways: 5, shots, queries: 4 });
      rows.push([
        line.model,
        `5 × ${shots}`,
        (await noveltyRatio(`task-${i}`, line, task, composed)).toFixed(3),
        now && then ? (await checkoutRatio(`task-${i}`, line, task, [now, then])).toFixed(3) : '',
      ]);
    }
    return markdownTable(['Package', 'Examples', 'Novelty', 'Before'], rows);
  },
};

type Task = Awaited<ReturnType<typeof drawTask>>;

async function noveltyRatio(
  id: string,
  { model, kind }: Line,
  { support, asked }: Task,
  { service }: Composed,
): Promise<number> {
  const rawOf = (sent: string): RawInput =>
    kind === 'text'
      ? { kind: 'text', text: sent }
      : { kind: 'file', file: Buffer.from(sent.slice(sent.indexOf(',') + 1), 'base64') };
  const examples = support.map(({ label, input }) => ({ label, input: rawOf(input as string) }));
  const accepted = await service.adapt('bench', id, { model, support: examples });
  const signal = AbortSignal.timeout(60_000);
  let record = await service.waitUntilEnded(accepted, signal);
  while (!record.report) record = await service.adaptation('bench', id, record.id);
  const inputs = asked.map(
    ({ content }): RawInput =>
      kind === 'text'
        ? { kind: 'text', text: Buffer.from(content.bytes).toString() }
        : { kind: 'file', file: content.bytes },
  );
  const side = (isJudged: boolean) => async (i: number) => {
    const found = await service.adaptedModel('bench', id);
    const { x } = await found.decode([inputs[i % inputs.length] as RawInput]);
    await found.answer(x, { isJudged });
  };
  return ratioOf(side(true), side(false));
}

/** The service in this process, over a folder of its own. */
async function openService(): Promise<Composed> {
  const folder = await mkdtemp(join(tmpdir(), 'innerloop-bench-'));
  const ENCODERS_DIR = process.env.ENCODERS_DIR ?? 'data/encoders';
  const config = parseConfig({ ...process.env, DATA_DIR: folder, ENCODERS_DIR });
  const composed = await compose(config, createLogger('error', await standardOutput('json')));
  await composed.loaded;
  composed.work();
  return {
    ...composed,
    async [Symbol.asyncDispose]() {
      await composed[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function checkoutRatio(
  id: string,
  { model }: Line,
  { support, asked }: Task,
  servers: readonly [now: Served, then: Served],
): Promise<number> {
  for (const served of servers) await served.adapt(id, model, support);
  const [now, then] = servers.map(
    (served): Side =>
      async (i) => {
        await served.predict(id, sent((asked[i % asked.length] as Task['asked'][number]).content));
      },
  );
  return ratioOf(now as Side, then as Side);
}

type Side = (i: number) => Promise<void>;

/** Median over turns of the median time of `a`, divided by that of `b`. The sides take turns in who begins. */
async function ratioOf(a: Side, b: Side): Promise<number> {
  for (let i = 0; i < EACH; i++) for (const side of [a, b]) await side(i);
  const ratios: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const times = new Map<Side, number[]>([
      [a, []],
      [b, []],
    ]);
    const order = turn % 2 === 0 ? [a, b] : [b, a];
    for (let i = 0; i < EACH; i++)
      for (const side of order) {
        const start = performance.now();
        await side(i);
        times.get(side)?.push(performance.now() - start);
      }
    ratios.push(median(times.get(a) ?? []) / median(times.get(b) ?? []));
  }
  return median(ratios);
}

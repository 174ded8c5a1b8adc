/**
 * How fast imported models are. Each imported model and its original are measured in turns, only as far as the features, with
 * one example and one thread. If texts keep their own length: also the time of a text of all tokens, divided by the time of a
 * text of 10 tokens.
 *
 *     npm run bench:foreign -- <folder of .onnx and .tflite files>
 *
 * Prints a table. Models that cannot be imported are named with the reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runForeign } from '../../src/adapters/onnxruntime/foreign/run-foreign.ts';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { importModel } from '../../src/encoders/import/import-model.ts';
import type { ForeignTensor, ImportKind, RunForeign } from '../../src/encoders/import/options.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import { mapTensors, type Tensor, type Tensors } from '../../src/tensor.ts';
import { markdownTable } from '../../src/training/card/markdown-table.ts';
import { median } from '../support/median.ts';

/** The most that an imported model may take, in times of its original. */
const BAR = 1.15;
const [ROUNDS, ROUND_MS] = [15, 150];
const KINDS: readonly ImportKind[] = ['image', 'audio', 'text', 'vector'];
/** The importer copies it, and reads its padding. */
const TOKENIZER = Buffer.from(JSON.stringify({ padding: { pad_id: 0 }, model: { type: 'WordPiece' } }));

interface Program {
  readonly model: Uint8Array;
  readonly feeds: Tensors;
}

/** The encoder and the original, as the importer compares them; and the encoder for a short text if its length is free. */
async function imported(file: string, bytes: Uint8Array, kind: ImportKind) {
  const programs: Program[] = [];
  const run: RunForeign = (model, runs, outputs) => {
    const [first = {}] = runs;
    programs.push({ model, feeds: Object.fromEntries(Object.entries(first).map(firstRow)) });
    return runForeign(model, runs, outputs);
  };
  const source = { file, origin: `file:${file}`, sha256: `sha256:${'0'.repeat(64)}` };
  const files = kind === 'text' ? { 'tokenizer.json': TOKENIZER } : {};
  const { draft, report } = await importModel(
    bytes,
    { name: 'bench', kind, source, files, maxBytes: 2 ** 30 },
    run,
  );
  const names = draft.facts.inputs.map(({ name }) => name).join();
  const at = programs.findIndex(({ feeds }) => Object.keys(feeds).join() === names);
  const [compared, original] = programs.slice(at, at + 2) as [Program, Program];
  const ours = { ...compared, model: encodeModel(draft.program) };
  const isFree = draft.facts.inputs.some(({ shape }) => shape.includes('T'));
  const short = isFree ? { ...ours, feeds: mapTensors(ours.feeds, beginning) } : undefined;
  return { ours, original, short, form: report.form };
}

const SHORT = 10;
const beginning = ({ data }: Tensor): Tensor => ({ shape: [1, SHORT], data: data.slice(0, SHORT) });

/** Importers compare a batch of rows with single rows; both sides get one. */
function firstRow([name, { shape, numbers }]: [string, ForeignTensor]): [string, Tensors[string]] {
  const size = shape.slice(1).reduce((product, dim) => product * dim, 1);
  return [name, { shape: [1, ...shape.slice(1)], data: Float32Array.from(numbers.subarray(0, size)) }];
}

/** The first kind of input that the importer accepts. */
async function importedAsAny(file: string, bytes: Uint8Array) {
  const reasons: string[] = [];
  for (const kind of KINDS) {
    try {
      return await imported(file, bytes, kind);
    } catch (error) {
      reasons.push(String((error as Error).message));
    }
  }
  throw new Error(reasons.join('; '));
}

/** Milliseconds of each. */
async function timed(programs: readonly [Program, Program]): Promise<readonly [number, number]> {
  const sessions = [await compile(programs[0].model), await compile(programs[1].model)] as const;
  const times: [number[], number[]] = [[], []];
  for (let round = -2; round < ROUNDS; round++)
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const { feeds } = programs[side];
      const startedAt = performance.now();
      let runs = 0;
      do {
        await sessions[side].run(feeds);
        runs += 1;
      } while (performance.now() - startedAt < ROUND_MS);
      if (round >= 0) times[side].push((performance.now() - startedAt) / runs);
    }
  for (const each of sessions) await each.dispose();
  return times.map(median) as [number, number];
}

const [folder = '.'] = process.argv.slice(2);
const rows: string[][] = [];
for (const file of readdirSync(folder).filter((each) => /\.(onnx|tflite)$/.test(each))) {
  process.stderr.write(`${file}\n`);
  try {
    const { form, ours, original, short } = await importedAsAny(file, readFileSync(join(folder, file)));
    const [a, b] = await timed([ours, original]);
    const [c, d] = short ? await timed([ours, short]) : [];
    const times = c === undefined || d === undefined ? '' : (c / d).toFixed(1);
    const verdict = a / b <= BAR ? 'met' : 'missed';
    rows.push([file, form, a.toFixed(2), b.toFixed(2), (a / b).toFixed(2), verdict, times]);
  } catch (error) {
    rows.push([file, `not imported: ${(error as Error).message}`, '', '', '', '', '']);
  }
}
const heads = [
  'Model',
  'Form',
  'Imported ms',
  'Original ms',
  'Ratio',
  `≤ ${BAR}`,
  `${SHORT} tokens: times as fast`,
];
console.log(markdownTable(heads, rows));

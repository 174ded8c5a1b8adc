/**
 * How well the frozen speech encoder distinguishes words of a speaker who has no example in the support set:
 *
 *     node --import tsx bench/encoders/speakers.ts spoken_digits.zip
 *
 * The archive holds `word/word_speaker_take.wav`. Each episode draws one speaker for the queries and examples of the
 * others. Cosine prototypes, centred on the support set; nothing is trained.
 *
 * @module
 */
import { basename, join } from 'node:path';
import { createAudioReader } from '../../src/adapters/audio/audio-reader.ts';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { readSource } from '../../src/encoders/build-encoder.ts';
import { speechBuilder } from '../../src/encoders/speech/speech-builder.ts';
import { encodeModel } from '../../src/onnx/encode.ts';
import type { Encoder } from '../../src/package/encoder/encoder.ts';
import { type Tensor, tensor } from '../../src/tensor.ts';
import { filesOfArchive } from '../../src/training/datasets/zip.ts';
import { interval95, mean } from '../../src/training/evaluation/statistics.ts';
import { createRandom, type Random } from '../../src/training/random.ts';

interface Clip {
  readonly word: string;
  readonly speaker: string;
  readonly features: Float32Array;
}

const [EPISODES, QUERIES, SEED] = [1000, 15, 1];

async function clipsOf(archive: string): Promise<readonly Clip[]> {
  const files = await Promise.all(speechBuilder.sources.map((each) => readSource(each)));
  const { program, facts } = await speechBuilder.build(files);
  const session = await compile(encodeModel(program));
  const encoder = { folder: '', manifest: facts } as unknown as Encoder;
  const reader = createAudioReader({ seconds: 30 });
  const clips: Clip[] = [];
  for (const { name, read } of await filesOfArchive(archive)) {
    const [word, speaker] = basename(name, '.wav').split('_');
    if (!name.endsWith('.wav') || !word || !speaker) continue;
    const { inputs } = await reader.prepare(await read(), encoder, async () => {});
    const { data } = inputs.samples as Tensor;
    const { features } = await session.run({ samples: tensor([1, data.length], data) });
    clips.push({ word, speaker, features: (features as Tensor).data });
  }
  return clips;
}

/** The share of queries of one speaker whose nearest prototype is that of their word. */
function episode(clips: readonly Clip[], speaker: string, shots: number, random: Random): number {
  const draw = (from: readonly Clip[], count: number) =>
    random.sample(from.length, Math.min(count, from.length)).map((i) => from[i] as Clip);
  const words = [...new Set(clips.map(({ word }) => word))];
  const support = words.map((word) =>
    draw(
      clips.filter((each) => each.word === word && each.speaker !== speaker),
      shots,
    ),
  );
  const centre = meanOf(support.flat().map(({ features }) => features));
  const direction = (features: Float32Array) => unit(features.map((each, i) => each - (centre[i] as number)));
  const prototypes = support.map((examples) =>
    unit(meanOf(examples.map((each) => direction(each.features)))),
  );
  const queries = words.flatMap((word, label) =>
    draw(
      clips.filter((each) => each.word === word && each.speaker === speaker),
      QUERIES,
    ).map((clip) => {
      const query = direction(clip.features);
      const scores = prototypes.map((each) => dot(each, query));
      return scores.indexOf(Math.max(...scores)) === label;
    }),
  );
  return queries.filter(Boolean).length / queries.length;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function unit(x: Float32Array): Float32Array {
  const length = Math.sqrt(dot(x, x));
  return x.map((each) => each / length);
}

function meanOf(rows: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(rows[0]?.length ?? 0);
  for (const row of rows)
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] as number) + (row[i] as number);
  return mean.map((each) => each / rows.length);
}

const archive = process.argv[2];
if (!archive) throw new RangeError('Expected the path of an archive');
const clips = await clipsOf(join(archive));
const speakers = [...new Set(clips.map((each) => each.speaker))].sort();
console.log(`| queries of | 1 example | 5 examples |\n|---|---|---|`);
for (const asked of [...speakers.map((each) => [each]), speakers]) {
  const cells = [1, 5].map((shots) => {
    const random = createRandom(SEED);
    const accuracies = Array.from({ length: EPISODES }, () =>
      episode(clips, asked[random.integer(asked.length)] as string, shots, random),
    );
    return `${(100 * mean(accuracies)).toFixed(1)} ± ${(100 * interval95(accuracies)).toFixed(1)}`;
  });
  console.log(`| ${asked.length === 1 ? asked[0] : 'any of them'} | ${cells.join(' | ')} |`);
}

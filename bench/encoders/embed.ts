/**
 * `npm run bench:embed -- [folder of encoders]`: time of an embedding through the service's thread, beside a session of the
 * runtime alone. Both use all cores and see the same inputs; they take turns, so that a busy machine slows both.
 */
import { availableParallelism } from 'node:os';
import { createOnnxEmbedder } from '../../src/adapters/onnxruntime/embedding/embedder.ts';
import { joinInputs } from '../../src/adapters/onnxruntime/embedding/join-inputs.ts';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import type { Encoder } from '../../src/package/encoder/encoder.ts';
import { readEncoders } from '../../src/package/encoder/read-encoder.ts';
import { sizeOf, type Tensors } from '../../src/tensor.ts';
import { createRandom } from '../../src/training/random.ts';
import { median } from '../support/median.ts';

/** The most that the service may take, in times of the session alone. */
const BAR = 1.2;
const ROUNDS = 15;
/** Sizes of symbolic axes: tokens of a sentence, samples of a second. */
const SIZES: Readonly<Record<string, number>> = { T: 12, S: 32_000 };

const random = createRandom(1);

/** Tokens are small integers and a mask is 1; other inputs are any numbers. */
function contentOf({ manifest }: Encoder): Tensors {
  const tensors = manifest.inputs.map(({ name, shape }) => {
    const sizes = shape.map((dim) => (typeof dim === 'number' ? dim : (SIZES[dim] ?? 1)));
    const value = () => (name === 'mask' ? 1 : name === 'ids' ? 6 + random.integer(1000) : random.uniform());
    return [name, { shape: sizes, data: Float32Array.from({ length: sizeOf(sizes) }, value) }];
  });
  return Object.fromEntries(tensors);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
async function compare(encoder: Encoder, count: number): Promise<string> {
  const { manifest, program, folder } = encoder;
  await using embedder = createOnnxEmbedder();
  await embedder.load(encoder);
  const session = await compile(program, { threads: availableParallelism(), weightsFolder: folder });
  const contents = Array.from({ length: count }, () => contentOf(encoder));
  const batches = manifest.batch === 1 ? contents.map((each) => [each]) : [contents];
  const request = { encoder: manifest.digest, urgency: 'prediction', owner: 'a' } as const;
  const alone = async () => {
    for (const batch of batches) await session.run(joinInputs(batch));
  };
  const served = () =>
    Promise.all(contents.map((each) => embedder.embed({ ...request, inputs: structuredClone(each) })));
  const times = { alone: [] as number[], served: [] as number[] };
  for (let round = -2; round < ROUNDS; round++) {
    const [a, b] = [await timed(alone), await timed(served)];
    if (round < 0) continue;
    times.alone.push(a);
    times.served.push(b);
  }
  await session.dispose();
  const [a, b] = [median(times.alone), median(times.served)];
  const verdict = b / a <= BAR ? 'met' : 'missed';
  return `${manifest.name} × ${count}: ${a.toFixed(1)} ms alone, ${b.toFixed(1)} ms served, ${(b / a).toFixed(2)} × (bar ${BAR}: ${verdict})`;
}

for (const encoder of await readEncoders(process.argv[2] ?? 'encoders'))
  for (const count of [1, 16]) console.log(await compare(encoder, count));

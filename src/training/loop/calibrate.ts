import { encodeProgram } from '../../graph/export/encode.ts';
import { input } from '../../graph/ops/index.ts';
import { program } from '../../graph/program.ts';
import type { Calibration, Encoder } from '../../nn/encoder.ts';
import { parameterInputs } from '../../nn/parameters.ts';
import type { CompileGraph } from '../../ports/training-runtime.ts';
import type { Tensor, Tensors } from '../../tensor.ts';
import type { EpisodeSource } from '../datasets/dataset.ts';
import { createRandom } from '../random.ts';

/** Images per batch, and number of batches. With more of them the first three digits of the moments do not change. */
const BATCH = { ways: 100, shots: 1, queries: 1 };
const BATCHES = 40;

export interface CalibrationRun {
  readonly encoder: Encoder;
  readonly calibration: Calibration;
  readonly weights: Tensors;
  readonly source: EpisodeSource;
  /** Decides which images are drawn. */
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Weights for the served encoder: batch statistics are averaged over training images and folded into the weights. */
export async function calibrate(
  { encoder, calibration, weights, source, seed, signal }: CalibrationRun,
  { compile }: { readonly compile: CompileGraph },
): Promise<Tensors> {
  const theta = parameterInputs(encoder.parameters);
  const x = input('x', ['N', ...encoder.inputShape]);
  const graph = await compile(
    encodeProgram(program('statistics', [...Object.values(theta), x], calibration.statistics(theta, x))),
  );
  const random = createRandom(seed).fork('calibration');
  const own = Object.fromEntries(Object.keys(theta).map((name) => [name, weights[name] as Tensor]));
  const batches: Tensors[] = [];
  const ways = Math.min(BATCH.ways, source.classes ?? 1);
  try {
    for (let i = 0; i < BATCHES; i++) {
      signal.throwIfAborted();
      const { support } = source.sample(random.fork(i), { ...BATCH, ways });
      batches.push(await graph.run({ ...own, x: support.x }));
    }
  } finally {
    await graph.dispose();
  }
  const rest = Object.fromEntries(Object.entries(weights).filter(([name]) => !(name in own)));
  return { ...rest, ...calibration.fold(own, average(batches)) };
}

function average(batches: readonly Tensors[]): Tensors {
  return Object.fromEntries(
    Object.entries(batches[0] ?? {}).map(([name, { shape, data }]) => [
      name,
      {
        shape,
        data: data.map(
          (_, i) => batches.reduce((sum, each) => sum + (each[name]?.data[i] ?? 0), 0) / batches.length,
        ),
      },
    ]),
  );
}

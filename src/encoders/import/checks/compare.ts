import type { EncoderManifest } from '../../../package/encoder/encoder.ts';
import { isChannelsLast, type ModelInput } from '../find-inputs.ts';
import type { ForeignTensor, RunForeign } from '../options.ts';
import { type Pooling, pooledNumbers } from '../pooling.ts';
import { invalidModel } from '../read-model.ts';
import { sampleInputs } from './sample-inputs.ts';

export const TOLERANCE = 1e-4;
/** For originals in half precision or 8 bits, which round much more than we do. */
export const ROUNDED_TOLERANCE = 1e-2;
const ROWS = 3;

interface Comparison {
  /** The original up to `tensor`. */
  readonly original: Uint8Array;
  readonly tensor: string;
  readonly pooling: Pooling;
  readonly inputs: readonly ModelInput[];
  readonly manifest: EncoderManifest['inputs'];
  readonly features: number;
  /** The encoder, with its weights inside. */
  readonly embed: Uint8Array;
  readonly vocabulary: number;
  /** Whether the original computes in half precision, or the encoder in 8 bits. */
  readonly isRounded: boolean;
  readonly run: RunForeign;
}

/**
 * The largest difference between the encoder and the original on random inputs, relative to the largest feature. Rows of a
 * batch must not change each other.
 * @throws InnerloopError `invalid_package` when they differ
 */
export async function compare(comparison: Comparison): Promise<number> {
  const { original, tensor, pooling, inputs, embed, features, vocabulary, isRounded, run } = comparison;
  const samples = Array.from({ length: ROWS }, (_, row) => sampleInputs(inputs, vocabulary, row + 1));
  const [batch] = await run(embed, [joined(samples, comparison)], ['features']);
  const originals = await run(original, samples, [tensor]);
  const got = batch?.features?.numbers ?? new Float32Array();
  let difference = 0;
  for (const [row, sample] of samples.entries()) {
    const found = originals[row]?.[tensor];
    if (!found) throw invalidModel(`the original to compute ${tensor}`, 'nothing');
    const mask = inputs.find(({ role }) => role === 'mask');
    const expected = pooledNumbers(found.numbers, found.shape, pooling, mask && sample[mask.name]?.numbers);
    const mine = got.subarray(row * features, (row + 1) * features);
    const tolerance = found.type === 'float16' || isRounded ? ROUNDED_TOLERANCE : TOLERANCE;
    const relative = relativeDifference(expected, mine);
    if (!(relative <= tolerance))
      throw invalidModel(`features within ${tolerance} of the original's ${tensor}`, relative);
    difference = Math.max(difference, relative);
  }
  return difference;
}

/** The largest difference of two numbers, relative to the largest number expected. NaN where one is not finite. */
export function relativeDifference(expected: ArrayLike<number>, got: ArrayLike<number>): number {
  if (expected.length !== got.length) return Number.POSITIVE_INFINITY;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [Number(expected[i]), Number(got[i])];
    if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.NaN;
    difference = Math.max(difference, Math.abs(a - b));
    largest = Math.max(largest, Math.abs(a));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** The samples of all rows as the inputs of the encoder. */
function joined(
  samples: readonly Readonly<Record<string, ForeignTensor>>[],
  { inputs, manifest }: Comparison,
): Readonly<Record<string, ForeignTensor>> {
  const own = inputs.filter(({ role }) => role !== 'positions');
  return Object.fromEntries(
    manifest.map(({ name, shape, dtype = 'float32' }, i) => {
      const from = own[i] as ModelInput;
      const rows = samples.map((sample) =>
        channelsFirst(from, sample[from.name]?.numbers ?? new Float32Array()),
      );
      const size = rows.reduce((sum, row) => sum + row.length, 0);
      const numbers = dtype === 'int64' ? new Float64Array(size) : new Float32Array(size);
      for (const [i, row] of rows.entries()) numbers.set(row, (i * size) / rows.length);
      return [name, { type: dtype, shape: [samples.length, ...shape.map(Number)], numbers }];
    }),
  );
}

function channelsFirst({ role, shape }: ModelInput, numbers: ArrayLike<number>): ArrayLike<number> {
  if (role !== 'image' || !isChannelsLast(shape)) return numbers;
  const [, height = 1, width = 1, channels = 1] = shape;
  const area = height * width;
  return Float32Array.from({ length: numbers.length }, (_, i) =>
    Number(numbers[(i % area) * channels + Math.floor(i / area)]),
  );
}

import type { ModelInputs } from '../find-inputs.ts';
import type { ForeignTensor, RunForeign } from '../options.ts';
import { type Pooling, pooledNumbers } from '../pooling.ts';
import { invalidModel } from '../read-model.ts';
import { ROUNDED_TOLERANCE, relativeDifference, TOLERANCE } from './compare.ts';
import { sampleInputs } from './sample-inputs.ts';

interface LengthsComparison {
  /** The original up to `tensor`. */
  readonly original: Uint8Array;
  readonly tensor: string;
  readonly pooling: Pooling;
  /** The inputs for texts of this many tokens. */
  readonly inputsAt: (tokens: number) => ModelInputs;
  /** The maximum number of tokens of a text. */
  readonly tokens: number;
  /** The id of padding. */
  readonly pad: number;
  /** The encoder that pads every text to `tokens`, and the one that reads any length. */
  readonly fixed: Uint8Array;
  readonly anyLength: Uint8Array;
  readonly features: number;
  readonly vocabulary: number;
  /** Whether the original computes in half precision. */
  readonly isRounded: boolean;
  readonly run: RunForeign;
}

/** One text without padding. */
interface Text {
  readonly tokens: number;
  /** By the names of the original. */
  readonly sample: Readonly<Record<string, ForeignTensor>>;
  /** By the names of the encoder. */
  readonly rows: Readonly<Record<string, ForeignTensor>>;
}

/**
 * Compares an encoder of texts of any length with the original at each of several lengths, with the encoder of one length,
 * and with itself in runs whose texts are padded.
 * @throws InnerloopError `invalid_package` when they differ
 */
export async function compareLengths(comparison: LengthsComparison): Promise<void> {
  const { original, tensor, pooling, tokens, fixed, anyLength, features, isRounded, run } = comparison;
  const lengths = new Set([1, 2, 5, Math.ceil(tokens / 2), tokens].filter((each) => each <= tokens));
  const texts = [...lengths].sort((a, b) => a - b).map((each, i) => textOf(each, i, comparison));
  const few = texts.filter((each) => each.tokens < tokens);

  const ofOriginal = (
    await run(
      original,
      texts.map(({ sample }) => sample),
      [tensor],
    )
  ).map((answer, i) => {
    const found = answer[tensor];
    if (!found) throw invalidModel(`the original to compute ${tensor}`, 'nothing');
    // No token is padding, so the mask changes no mean.
    return { type: found.type, numbers: pooledNumbers(found.numbers, found.shape, pooling, undefined), i };
  });
  const alone = texts.map((each) => joined([each], each.tokens, comparison));
  const together = [joined(texts, tokens, comparison), joined(few, few.at(-1)?.tokens ?? 1, comparison)];
  const ofAnyLength = await run(anyLength, [...alone, ...together], ['features']);
  const [ofFixed] = await run(fixed, [joined(texts, tokens, comparison)], ['features']);
  const row = (answer: Readonly<Record<string, ForeignTensor>> | undefined, at: number) =>
    answer?.features?.numbers.subarray(at * features, (at + 1) * features) ?? new Float32Array();

  for (const [i, text] of texts.entries()) {
    const mine = row(ofAnyLength[i], 0);
    const require = (what: string, expected: ArrayLike<number>, tolerance: number) => {
      const difference = relativeDifference(expected, mine);
      if (!(difference <= tolerance))
        throw invalidModel(
          `features of a text of length ${text.tokens} within ${tolerance} of ${what}`,
          difference,
        );
    };
    const { type, numbers } = ofOriginal[i] ?? { type: 'float32', numbers: new Float64Array() };
    require("the original's", numbers, type === 'float16' || isRounded ? ROUNDED_TOLERANCE : TOLERANCE);
    require(`those with padding up to ${tokens} tokens`, row(ofFixed, i), TOLERANCE);
    require('those beside longer texts', row(ofAnyLength[texts.length], i), TOLERANCE);
    if (i < few.length) require('those beside other texts', row(ofAnyLength[texts.length + 1], i), TOLERANCE);
  }
}

/** A seed that is a multiple of 3 makes a text without padding. */
function textOf(tokens: number, i: number, { inputsAt, vocabulary }: LengthsComparison): Text {
  const { inputs } = inputsAt(tokens);
  const sample = sampleInputs(inputs, vocabulary, 3 * (i + 1));
  const own = inputs.filter(({ role }) => role !== 'positions');
  return {
    tokens,
    sample,
    rows: Object.fromEntries(own.map(({ name, role }) => [role, sample[name] as ForeignTensor])),
  };
}

/** The inputs of one run, each [texts, tokens], padded at the end. */
function joined(
  texts: readonly Text[],
  tokens: number,
  { inputsAt, pad }: LengthsComparison,
): Readonly<Record<string, ForeignTensor>> {
  return Object.fromEntries(
    inputsAt(tokens).manifest.map(({ name, dtype = 'float32' }) => {
      const size = texts.length * tokens;
      const numbers = dtype === 'int64' ? new Float64Array(size) : new Float32Array(size);
      if (name === 'ids') numbers.fill(pad);
      for (const [i, { rows }] of texts.entries()) numbers.set(rows[name]?.numbers ?? [], i * tokens);
      return [name, { type: dtype, shape: [texts.length, tokens], numbers }];
    }),
  );
}

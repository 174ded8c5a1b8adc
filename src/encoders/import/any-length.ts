import { InnerloopError } from '../../errors.ts';
import { atAnySize } from '../../graph/any-size/any-size.ts';
import { smallerSize } from '../../graph/any-size/sizes.ts';
import type { Folded } from '../../graph/import/folded.ts';
import { printable } from '../../graph/import/refusal.ts';
import { encodeModel } from '../../onnx/encode.ts';
import type { OnnxInitializer, OnnxModel } from '../../onnx/model.ts';
import { allocationProblem } from '../../package/allocation.ts';
import type { EncoderManifest } from '../../package/encoder/encoder.ts';
import type { TextPreparation } from '../../package/encoder/preparation.ts';
import { compareLengths } from './checks/compare-lengths.ts';
import type { Tap } from './find-features.ts';
import { inputsOf, type ModelInputs } from './find-inputs.ts';
import type { Embedding } from './frozen.ts';
import { lengthNotes } from './notes.ts';
import type { ImportOptions, RunForeign } from './options.ts';
import { embeddingOf, type ReadFeatures, readFeatures } from './read-features.ts';
import { invalidModel } from './read-model.ts';

/** The axis of tokens, as the manifest names it. */
const TOKENS = 'T';

interface Given {
  /** The part that the features depend on, with its values inside. */
  readonly model: OnnxModel;
  /** The same as the bytes of a file. */
  readonly original: Uint8Array;
  readonly tap: Tap;
  /** For texts of the maximum number of tokens. */
  readonly inputs: ModelInputs;
  readonly read: ReadFeatures | { readonly unreadable: string };
  /** What was read of the file. */
  readonly weights: Map<OnnxInitializer, Folded>;
  /** The encoder that pads every text to the maximum number of tokens. */
  readonly made: Embedding;
  readonly preparation: TextPreparation;
  readonly isRounded: boolean;
  readonly options: ImportOptions;
  readonly run: RunForeign;
}

/** An encoder that reads each text at its own length. */
interface AnyLength {
  readonly embed: OnnxModel;
  readonly inputs: EncoderManifest['inputs'];
}

/** Sentences about the length of texts in a run, and the encoder that reads texts of any length, if there is one. */
export interface TextLengths extends Partial<AnyLength> {
  readonly notes: readonly string[];
}

/**
 * The encoder of texts of any length, up to the maximum number of tokens: read once more for few tokens, joined to one graph,
 * and compared at several lengths. Texts of one run are padded to the longest of them, so the network has to read a mask. If
 * that cannot be done, texts stay padded to the maximum number of tokens, and a note says why.
 */
export async function textLengths(given: Given): Promise<TextLengths> {
  const { maxTokens } = given.preparation;
  const found = await anyLength(given).catch((error: unknown) => {
    // The runtime refuses the graph, or a transform does not support a symbolic size.
    if (error instanceof InnerloopError || error instanceof RangeError || error instanceof TypeError)
      return { fixed: error.message.replace(/^ONNX model: /, '') };
    throw error;
  });
  return 'fixed' in found
    ? { notes: lengthNotes(maxTokens, printable(found.fixed)) }
    : { ...found, notes: lengthNotes(maxTokens, null) };
}

/** `fixed`: why there is none. */
async function anyLength(given: Given): Promise<AnyLength | { readonly fixed: string }> {
  const { model, original, tap, inputs, read, weights, made, preparation, isRounded, options, run } = given;
  const { maxTokens: tokens } = preparation;
  const names = inputs.own.map(({ attributes }) => attributes.name);
  if ('unreadable' in read)
    return { fixed: made.form === 'frozen' ? 'it is frozen' : 'padding is part of the scales of its 8 bits' };
  if (isStated(model, inputs)) return { fixed: `its inputs have ${tokens} tokens` };
  if (!names.includes('mask')) return { fixed: 'it has no input for a mask of padding' };
  const few = smallerSize(tokens);
  if (few === null) return { fixed: `a text has at most ${tokens} tokens` };
  const inputsAt = (maxTokens: number) => inputsOf(model, 'text', { ...options.preparation, maxTokens });
  const short = readFeatures(model, tap, inputsAt(few), options, { weights });
  if ('unreadable' in short) return { fixed: short.unreadable };
  if (short.pooling.words !== read.pooling.words) return { fixed: 'its features depend on the length' };
  const found = atAnySize(read.features, short.features, { symbol: TOKENS, first: tokens, second: few });
  if ('unlike' in found) return { fixed: found.unlike };
  if (found.value.shape[0] !== made.size) return { fixed: 'the number of features depends on the length' };
  const { embed } = embeddingOf({ ...read, features: found.value }, names);
  const problem = allocationProblem(embed);
  if (problem) throw invalidModel(problem.expected, problem.got);
  await compareLengths({
    original,
    tensor: tap.tensor,
    pooling: made.pooling,
    inputsAt,
    tokens,
    pad: preparation.tokens?.pad ?? 0,
    fixed: encodeModel(made.embed),
    anyLength: encodeModel(embed),
    features: made.size,
    vocabulary: made.vocabulary,
    isRounded,
    run,
  });
  return { embed, inputs: inputs.manifest.map((each) => ({ ...each, shape: [TOKENS] })) };
}

/** Whether the file states the number of tokens. */
const isStated = (model: OnnxModel, { inputs }: ModelInputs): boolean =>
  model.inputs.some(
    ({ name, shape: [, size] }) =>
      typeof size === 'number' && size > 0 && inputs.some((each) => each.name === name),
  );

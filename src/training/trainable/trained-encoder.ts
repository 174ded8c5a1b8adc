import { dirname } from 'node:path';
import { atAnySize } from '../../graph/any-size/any-size.ts';
import { smallerSize } from '../../graph/any-size/sizes.ts';
import { modelOf } from '../../graph/export/encode.ts';
import { constant } from '../../graph/ops/index.ts';
import { substitute } from '../../graph/rewriting/rewrite.ts';
import type { Value } from '../../graph/value.ts';
import { endWeights } from '../../nn/encoder-end.ts';
import type { Encoder } from '../../package/encoder/encoder.ts';
import { writeEncoder } from '../../package/encoder/write-encoder.ts';
import type { ReadEncoder } from '../../ports/training-runtime.ts';
import type { Tensors } from '../../tensor.ts';
import { cutOf, type EncoderEndRecipe } from './encoder-end.ts';
import { embedProgram, filesOf } from './frozen-beginning.ts';
import { inputsOf, mostTokens } from './network-of-encoder.ts';

/**
 * Writes the whole encoder of a recipe with the weights that training has given to its end, beside the encoder that it was
 * made from. Views of features are not part of it: they belong to the package.
 */
export async function writeTrainedEncoder(
  name: string,
  { encoder, blocks }: EncoderEndRecipe,
  weights: Tensors,
  readEncoder: ReadEncoder,
): Promise<Encoder> {
  const from = await readEncoder(encoder);
  const { network, parts } = await cutOf(from, () => blocks);
  const whole = (await atAnyLength(from, blocks, parts.whole)) ?? {
    features: parts.whole,
    inputs: inputsOf(from.manifest, network),
  };
  const places = endWeights(parts, weights).map(({ value, tensor }): readonly [Value, Value] => [
    value,
    constant(tensor, value.attributes.name),
  ]);
  const [features = whole.features] = substitute([whole.features], new Map(places));
  const { format: _, files: __, digest, ...facts } = from.manifest;
  return writeEncoder(dirname(from.folder), {
    facts: {
      ...facts,
      name,
      inputs: whole.inputs,
      description: `Encoder ${encoder} (${digest}), of which the last ${blocks} blocks were trained further.`,
    },
    program: modelOf(embedProgram(network.inputs, features)),
    ...(await filesOf(from)),
  });
}

/**
 * The features of an encoder that reads texts of any length, joined from the values of two lengths. Null for other encoders,
 * and if the graphs of both lengths do not match: texts then get one length.
 */
async function atAnyLength(encoder: Encoder, blocks: number, features: Value) {
  const { inputs } = encoder.manifest;
  const [symbol] = inputs[0]?.shape ?? [];
  const most = mostTokens(encoder.manifest);
  const few = most === undefined ? null : smallerSize(most);
  if (typeof symbol !== 'string' || most === undefined || few === null) return null;
  const { parts } = await cutOf(encoder, () => blocks, few);
  const found = atAnySize(features, parts.whole, { symbol, first: most, second: few });
  return 'value' in found ? { features: found.value, inputs } : null;
}

import { dirname } from 'node:path';
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
  const places = new Map<Value, Value>([[parts.x, parts.beginning]]);
  for (const { value, tensor } of endWeights(parts, weights))
    places.set(value, constant(tensor, value.attributes.name));
  const [features = parts.end] = substitute([parts.end], places);
  const { format: _, files: __, digest, ...facts } = from.manifest;
  return writeEncoder(dirname(from.folder), {
    facts: {
      ...facts,
      name,
      description: `Encoder ${encoder} (${digest}), of which the last ${blocks} blocks were trained further.`,
    },
    program: modelOf(embedProgram(network.inputs, features)),
    ...(await filesOf(from)),
  });
}

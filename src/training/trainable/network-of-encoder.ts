import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InnerloopError } from '../../errors.ts';
import { importGraph } from '../../graph/import/import-graph.ts';
import { Unreadable } from '../../graph/import/refusal.ts';
import { input, reshape } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { decodeModel } from '../../onnx/decode.ts';
import type { OnnxInitializer } from '../../onnx/model.ts';
import { ENCODER_FILES, type Encoder, type EncoderManifest } from '../../package/encoder/encoder.ts';

/** An encoder as values, for one example. */
export interface NetworkOfEncoder {
  /** Inputs without a batch axis, in the order of the manifest. */
  readonly inputs: readonly Value<'Input'>[];
  /** [d] */
  readonly features: Value;
}

/**
 * Reads the program of an encoder back as values. `tokens`: of texts, if it reads them at any length.
 * @throws InnerloopError `invalid_recipe` for inputs of any length, or an operator that has no values
 */
export async function networkOfEncoder(
  { manifest, folder, program }: Encoder,
  tokens = mostTokens(manifest),
): Promise<NetworkOfEncoder> {
  const weights = await readFile(join(folder, 'weights.bin'));
  const inputs = manifest.inputs.map(({ name, shape, dtype }) => {
    const sizes = shape.flatMap((size) => (typeof size === 'number' ? size : (tokens ?? [])));
    if (sizes.length === shape.length) return input(name, sizes, dtype);
    throw notTrainable(manifest, `inputs of fixed sizes`, `${name} [${shape.join(', ')}]`);
  });
  const given = inputs.map((each) => [each.attributes.name, reshape(each, [1, ...each.shape])] as const);
  try {
    const { tensors } = importGraph(decodeModel(program), {
      inputs: Object.fromEntries(given),
      maxBytes: 2 * ENCODER_FILES['weights.bin'],
      external: (initializer) => within(weights, initializer),
    });
    const features = tensors.get('features') as Value;
    return { inputs, features: reshape(features, [manifest.features]) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw notTrainable(manifest, 'operators that have gradients', error.message);
  }
}

/** The length of texts, where padding changes no feature: the network reads a mask. */
export const mostTokens = ({ preparation }: EncoderManifest): number | undefined =>
  preparation.kind === 'text' && preparation.tokens?.mask !== undefined ? preparation.maxTokens : undefined;

/** The inputs of a manifest, in the sizes that the network has. */
export const inputsOf = ({ inputs }: EncoderManifest, network: NetworkOfEncoder): EncoderManifest['inputs'] =>
  inputs.map((each, i) => ({ ...each, shape: (network.inputs[i]?.shape ?? each.shape).map(Number) }));

/** The verifier has checked that the range is within the file. */
const within = (weights: Uint8Array, { external }: OnnxInitializer): Uint8Array => {
  const { offset = 0, length = 0 } = external ?? {};
  return weights.subarray(offset, offset + length);
};

const notTrainable = ({ name }: EncoderManifest, expected: string, got: string) =>
  new InnerloopError('invalid_recipe', `Expected encoder ${name} to have ${expected}, got ${got}`, {
    pointer: '/network/encoder',
    expected,
    got,
  });

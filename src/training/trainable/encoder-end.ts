import { dirname } from 'node:path';
import { type Static, Type } from 'typebox';
import { InnerloopError } from '../../errors.ts';
import { type Block, blocksOf } from '../../graph/cut/blocks.ts';
import { cut } from '../../graph/cut/cut.ts';
import type { Encoder as Network } from '../../nn/encoder.ts';
import { encoderEnd } from '../../nn/encoder-end.ts';
import { type Encoder, EncoderManifest } from '../../package/encoder/encoder.ts';
import { writeEncoder } from '../../package/encoder/write-encoder.ts';
import type { ReadEncoder } from '../../ports/training-runtime.ts';
import { frozenBeginning } from './frozen-beginning.ts';
import { networkOfEncoder } from './network-of-encoder.ts';

const Count = Type.Integer({ minimum: 1 });

/** A part is `width` columns of features from `start`; with a `bottleneck` it has an adapter. */
export const FeatureParts = Type.Array(
  Type.Object(
    {
      name: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
      start: Type.Integer({ minimum: 0 }),
      width: Count,
      centre: Type.Optional(Type.Boolean()),
      bottleneck: Type.Optional(Count),
    },
    { additionalProperties: false },
  ),
  { minItems: 1 },
);

/** The last blocks of an encoder, trained. The data set contains the output of its other blocks. */
export const EncoderEndRecipe = Type.Object(
  {
    name: Type.Literal('encoder-end'),
    encoder: Type.String(),
    digest: Type.String(),
    /** How many blocks at its end are trained. */
    blocks: Count,
    /** How many numbers the other blocks compute. */
    width: Count,
    /** Views of the features, as of the network `features`. */
    parts: FeatureParts,
    /** Length of the rows of features. Closed-form heads expect 1, heads of prototypes larger distances. */
    length: Type.Number({ exclusiveMinimum: 0 }),
    /** Name of the encoder with the trained weights, which is written after training. Default: none is. */
    writes: Type.Optional(EncoderManifest.properties.name),
  },
  { additionalProperties: false },
);
export type EncoderEndRecipe = Static<typeof EncoderEndRecipe>;

/** An encoder in two parts: its beginning, which stays as it is, and its end, whose weights are trained. */
export interface DividedEncoder {
  /** How many blocks are in its end, of how many. */
  readonly blocks: number;
  readonly of: number;
  /** How many numbers its weights have. */
  readonly weights: number;
  /** An encoder of this machine, beside the whole one. */
  readonly beginning: Encoder;
  end(views: Pick<EncoderEndRecipe, 'parts' | 'length'>): Network;
}

/**
 * Divides an encoder before its last blocks. The beginning is written beside it, unless it is there already.
 * @throws InnerloopError `invalid_recipe` when it has too few blocks, or cannot be differentiated
 */
export async function divideEncoder(
  encoder: Encoder,
  choose: (blocks: readonly Block[]) => number,
): Promise<DividedEncoder> {
  const { network, parts, blocks, of } = await cutOf(encoder, choose);
  const weights = parts.weights.reduce((sum, { value }) => sum + value.attributes.data.length, 0);
  const draft = await frozenBeginning(encoder, network, parts.beginning, blocks);
  const beginning = await writeEncoder(dirname(encoder.folder), draft);
  return { blocks, of, weights, beginning, end: (views) => encoderEnd(parts, views) };
}

/**
 * An encoder as values, cut before its last blocks. It reads texts of `tokens` tokens (default: the maximum number).
 * @throws InnerloopError `invalid_recipe` as `divideEncoder` does
 */
export async function cutOf(encoder: Encoder, choose: (blocks: readonly Block[]) => number, tokens?: number) {
  const network = await networkOfEncoder(encoder, tokens);
  const all = blocksOf(network.features);
  const blocks = choose(all);
  const first = all.at(-blocks);
  if (!first) throw tooFew(encoder.manifest.name, all.length, blocks);
  return { network, parts: cut(network.features, first.input), blocks, of: all.length };
}

/** The network of a recipe. @throws InnerloopError `invalid_recipe` when the encoder is another than the stated one */
export async function openEncoderEnd(
  { encoder: name, digest, blocks, width, ...views }: EncoderEndRecipe,
  readEncoder: ReadEncoder,
): Promise<Network> {
  const encoder = await readEncoder(name);
  const { digest: got } = encoder.manifest;
  if (got !== digest) throw refused('/network/digest', `encoder ${name} with digest ${digest}`, got);
  const { end } = await divideEncoder(encoder, () => blocks);
  const network = end(views);
  const [found] = network.inputShape;
  if (found !== width)
    throw refused('/network/width', `${found} for ${blocks} blocks of ${name}`, `${width}`);
  return network;
}

/**
 * The number of blocks that `--trainable` names: `all`, `last:2`, or the name of a weight or a prefix of names, such as
 * `layer4`: then all blocks from the first one with such a weight.
 * @throws InnerloopError `invalid_request`
 */
export function blocksNamed(trainable: string, blocks: readonly Block[]): number {
  if (trainable === 'all') return blocks.length;
  const count = /^last:([1-9]\d{0,3})$/.exec(trainable)?.[1];
  if (count !== undefined && Number(count) <= blocks.length) return Number(count);
  const isNamed = (name: string) =>
    name === trainable || (name.startsWith(trainable) && /^[./:_]/.test(name.slice(trainable.length)));
  const found = count === undefined ? blocks.findIndex(({ weights }) => weights.some(isNamed)) : -1;
  if (found >= 0) return blocks.length - found;
  const names = blocks.flatMap(({ weights }) => weights.slice(0, 1)).slice(-3);
  const expected = `last:1 to last:${blocks.length}, or the name of a weight such as ${names.join(', ')}`;
  throw new InnerloopError('invalid_request', `Expected --trainable to be ${expected}; got ${trainable}`);
}

const tooFew = (name: string, has: number, wanted: number) =>
  refused('/network/blocks', `at most ${has}, the blocks of encoder ${name}`, `${wanted}`);

const refused = (pointer: string, expected: string, got: string) =>
  new InnerloopError('invalid_recipe', `Expected ${expected}, got ${got}`, { pointer, expected, got });

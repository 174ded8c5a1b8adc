import { type Static, Type } from 'typebox';
import { conv4 } from '../../nn/conv4.ts';
import type { Encoder } from '../../nn/encoder.ts';
import { features } from '../../nn/features.ts';
import { mlp } from '../../nn/mlp.ts';
import { classifier, type Network, regressor } from '../../nn/network.ts';
import type { ReadEncoder } from '../../ports/training-runtime.ts';
import { EncoderEndRecipe, FeatureParts, openEncoderEnd } from '../trainable/encoder-end.ts';

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 1 });

/** A recipe's `network` section. */
export const NetworkRecipe = Type.Union([
  Type.Object(
    {
      name: Type.Literal('conv4'),
      inputShape: Type.Tuple([Count, Count, Count]),
      filters: Count,
      normalisation: Type.Union([Type.Literal('batch'), Type.Literal('none')]),
    },
    closed,
  ),
  Type.Object({ name: Type.Literal('mlp'), sizes: Type.Array(Count, { minItems: 2 }) }, closed),
  /** Over the features of an encoder. */
  Type.Object({ name: Type.Literal('features'), width: Count, parts: FeatureParts }, closed),
  EncoderEndRecipe,
]);
export type NetworkRecipe = Static<typeof NetworkRecipe>;

type Of<Name extends NetworkRecipe['name']> = Extract<NetworkRecipe, { name: Name }>;

const shapes: { readonly [Name in NetworkRecipe['name']]: (recipe: Of<Name>) => readonly number[] } = {
  conv4: ({ inputShape }) => inputShape,
  mlp: ({ sizes }) => sizes.slice(0, 1),
  features: ({ width }) => [width],
  'encoder-end': ({ width }) => [width],
};

/** The shape of the inputs of the network that a recipe names. */
export function inputsOf(recipe: NetworkRecipe): readonly number[] {
  return (shapes[recipe.name] as (recipe: NetworkRecipe) => readonly number[])(recipe);
}

/** The functions that are needed to make a network, beside its recipe. */
export interface NetworkContext {
  readonly readEncoder: ReadEncoder;
}

const encoders: {
  readonly [Name in NetworkRecipe['name']]: (
    recipe: Of<Name>,
    context: NetworkContext,
  ) => Encoder | Promise<Encoder>;
} = {
  conv4: (recipe) => conv4(recipe),
  mlp: ({ sizes }) => mlp(sizes),
  features: ({ width, parts }) => features(width, parts),
  'encoder-end': (recipe, { readEncoder }) => openEncoderEnd(recipe, readEncoder),
};

/** The encoder that a recipe names. @throws InnerloopError `invalid_recipe`, `invalid_config` */
export async function openNetwork(recipe: NetworkRecipe, context: NetworkContext): Promise<Encoder> {
  type Open = (recipe: NetworkRecipe, context: NetworkContext) => Encoder | Promise<Encoder>;
  return (encoders[recipe.name] as Open)(recipe, context);
}

/** Makes a network from an encoder, by kind of task. */
export const networks: Readonly<Record<Network['task'], (encoder: Encoder) => Network>> = {
  classification: classifier,
  regression: regressor,
};

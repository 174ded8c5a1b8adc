import { type Static, Type } from 'typebox';
import { conv4 } from '../../nn/conv4.ts';
import type { Encoder } from '../../nn/encoder.ts';
import { features } from '../../nn/features.ts';
import { mlp } from '../../nn/mlp.ts';
import { classifier, type Network, regressor } from '../../nn/network.ts';

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
  /** Over the features of an encoder. A part is `width` columns from `start`; with a `bottleneck` it has an adapter. */
  Type.Object(
    {
      name: Type.Literal('features'),
      width: Count,
      parts: Type.Array(
        Type.Object(
          {
            name: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
            start: Type.Integer({ minimum: 0 }),
            width: Count,
            centre: Type.Optional(Type.Boolean()),
            bottleneck: Type.Optional(Count),
          },
          closed,
        ),
        { minItems: 1 },
      ),
    },
    closed,
  ),
]);
export type NetworkRecipe = Static<typeof NetworkRecipe>;

const encoders: {
  readonly [Name in NetworkRecipe['name']]: (recipe: Extract<NetworkRecipe, { name: Name }>) => Encoder;
} = {
  conv4: (recipe) => conv4(recipe),
  mlp: ({ sizes }) => mlp(sizes),
  features: ({ width, parts }) => features(width, parts),
};

/** The encoder that a recipe names. */
export function encoderOf(recipe: NetworkRecipe): Encoder {
  return (encoders[recipe.name] as (recipe: NetworkRecipe) => Encoder)(recipe);
}

/** Makes a network from an encoder, by kind of task. */
export const networks: Readonly<Record<Network['task'], (encoder: Encoder) => Network>> = {
  classification: classifier,
  regression: regressor,
};

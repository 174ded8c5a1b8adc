import { type Static, type TSchema, Type } from 'typebox';
import { Default } from 'typebox/value';
import type { Algorithm } from '../../algorithms/algorithm.ts';
import { type AlgorithmName, algorithms } from '../../algorithms/catalogue.ts';
import { Manifest } from '../../package/manifest.ts';
import { DatasetRecipe } from '../datasets/catalogue.ts';
import { NetworkRecipe } from './networks.ts';
import { Training } from './training.ts';

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 1 });
/** A confidence interval needs at least two episodes. */
const Episodes = Type.Integer({ minimum: 2 });

/** One evaluation whose result goes into the model card. */
const Evaluation = Type.Object(
  {
    ways: Type.Optional(Count),
    shots: Count,
    queries: Count,
    steps: Type.Integer({ minimum: 0 }),
    episodes: Episodes,
    seed: Type.Integer(),
    /** A data set that training does not read (default: the test classes of the recipe's data sets). */
    data: Type.Optional(Type.String()),
  },
  closed,
);
export type Evaluation = Static<typeof Evaluation>;

/** `recipe.json`: everything that is needed to train a package again. */
export const Recipe = Type.Object(
  {
    name: Manifest.properties.name,
    version: Manifest.properties.version,
    description: Type.String(),
    /** Text for the card, such as what was tried, and why a result is below expectations. */
    remarks: Type.Optional(Type.String()),
    dataset: DatasetRecipe,
    network: NetworkRecipe,
    algorithm: Type.Object(
      { name: Type.Enum(Object.keys(algorithms)), settings: Type.Optional(Type.Unknown()) },
      closed,
    ),
    training: Training,
    validation: Type.Object(
      {
        every: Count,
        episodes: Episodes,
        ways: Count,
        shots: Count,
        queries: Count,
        steps: Type.Integer({ minimum: 0 }),
      },
      closed,
    ),
    inner: Manifest.properties.inner,
    evaluations: Type.Array(Evaluation),
  },
  closed,
);
export type Recipe = Static<typeof Recipe>;

/** The recipe's algorithm and its settings, defaults filled in. */
export function algorithmOf(recipe: Recipe): { algorithm: Algorithm<TSchema>; settings: unknown } {
  const algorithm: Algorithm<TSchema> = algorithms[recipe.algorithm.name as AlgorithmName];
  return { algorithm, settings: Default(algorithm.settings, recipe.algorithm.settings ?? {}) };
}

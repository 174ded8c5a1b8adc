import { type Static, type TSchema, Type } from 'typebox';
import { Default } from 'typebox/value';
import type { Algorithm } from '../../algorithms/algorithm.ts';
import { type AlgorithmName, algorithms } from '../../algorithms/catalogue.ts';
import { Manifest } from '../../package/manifest.ts';
import { Augmentation } from '../datasets/augment.ts';
import { DatasetRecipe } from '../datasets/catalogue.ts';
import { NetworkRecipe } from './networks.ts';

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 1 });
/** A confidence interval needs at least two episodes. */
const Episodes = Type.Integer({ minimum: 2 });

const Training = Type.Object(
  {
    /** Seed of all random choices of the training. */
    seed: Type.Integer(),
    /** Number of steps of the outer loop. */
    iterations: Count,
    /** Number of episodes in each step of the outer loop. */
    metaBatch: Count,
    /** Number of classes in an episode. */
    ways: Count,
    /** Number of support examples per class. */
    shots: Count,
    /** Number of query examples per class. */
    queries: Count,
    /** Further shapes of episodes. Iterations take turns between the shape above and these. */
    alternating: Type.Optional(Type.Array(Type.Object({ ways: Count, shots: Count }, closed))),
    /** Number of inner steps. The outer gradient differentiates through them. */
    steps: Type.Integer({ minimum: 0 }),
    /** Learning rate of the inner steps. */
    rate: Type.Number({ minimum: 0 }),
    /** Outer loss: after the last inner step, or the mean over all. */
    lossAfter: Type.Union([Type.Literal('last'), Type.Literal('every')]),
    /** Adam's initial learning rate. It decreases to 0 by cosine decay. */
    outerRate: Type.Number({ exclusiveMinimum: 0 }),
    /** `name@version` of a package in the same parent folder. Training starts from its meta-parameters. */
    warmStart: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9][a-z0-9-]*@\\d+\\.\\d+\\.\\d+$',
        description: 'a package and its version, such as omniglot-protonets@2.0.0',
      }),
    ),
    /** Random changes to training images. */
    augmentation: Type.Optional(Augmentation),
  },
  closed,
);

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
    /** Text for the card: what was tried, which result is below expectations, and why. */
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

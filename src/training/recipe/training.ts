import { type Static, Type } from 'typebox';
import { expecting } from '../../package/schemas/parts.ts';
import { Augmentation } from '../datasets/augment.ts';

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 1 });

/** Members that every objective has. */
const outerLoop = {
  /** Seed of all random choices of the training. */
  seed: Type.Integer(),
  /** Number of steps of the outer loop. */
  iterations: Count,
  /** Adam's initial learning rate. It decreases to 0 by cosine decay. */
  outerRate: Type.Number({ exclusiveMinimum: 0 }),
  /** `name@version` of a package in the same parent folder. Training starts from its meta-parameters. */
  warmStart: Type.Optional(
    Type.String({
      pattern: '^[a-z0-9][a-z0-9-]*@\\d+\\.\\d+\\.\\d+$',
      ...expecting('a package and its version, such as omniglot-protonets@2.0.0'),
    }),
  ),
};

/** Adapts to episodes, and lowers the loss of their queries. */
const EpisodicTraining = Type.Object(
  {
    objective: Type.Optional(Type.Literal('episodic')),
    ...outerLoop,
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
    /** Random changes to training images. */
    augmentation: Type.Optional(Augmentation),
  },
  closed,
);
export type EpisodicTraining = Static<typeof EpisodicTraining>;

/** Trains a classifier of all classes of the training. It is dropped after training. */
const SupervisedTraining = Type.Object(
  {
    objective: Type.Literal('supervised'),
    ...outerLoop,
    /** Number of examples in each step of the outer loop. */
    examples: Count,
    /** The part of each label that is spread over all classes. */
    smoothing: Type.Number({ minimum: 0, exclusiveMaximum: 1 }),
  },
  closed,
);
export type SupervisedTraining = Static<typeof SupervisedTraining>;

/** Predicts the features of another encoder, by a linear map that is dropped after training. */
const DistillationTraining = Type.Object(
  {
    objective: Type.Literal('distillation'),
    ...outerLoop,
    /** Number of examples in each step of the outer loop. */
    examples: Count,
    /** The encoder whose features are predicted. */
    teacher: Type.Object({ name: Type.String(), digest: Type.String() }, closed),
    /** Folders or archives with further examples, which need no labels. */
    unlabelled: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  },
  closed,
);
export type DistillationTraining = Static<typeof DistillationTraining>;

/** The objective of the outer loop: a recipe's `training` section. */
export const Training = Type.Union([EpisodicTraining, SupervisedTraining, DistillationTraining]);
export type Training = Static<typeof Training>;

export type ObjectiveName = NonNullable<Training['objective']>;
export const OBJECTIVES: readonly ObjectiveName[] = ['episodic', 'supervised', 'distillation'];

export const isEpisodic = (training: Training): training is EpisodicTraining =>
  training.objective === undefined || training.objective === 'episodic';

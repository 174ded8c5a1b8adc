import { Type } from 'typebox';
import { PACKAGE_UPDATES } from '../../domain/task-settings.ts';
import { closed, nullable, oneOf } from './shared/shape.ts';

/** The largest number of predictions that a task keeps, and the longest time. */
const MOST_KEPT = { predictions: 10_000, hours: 24 * 90 };

const Reject = Type.Union(
  [
    Type.Boolean(),
    Type.Object(
      {
        coverage: Type.Number({
          exclusiveMinimum: 0,
          maximum: 1,
          description:
            'About this share of inputs like the examples gets a label. The least certain ones get none.',
        }),
      },
      closed,
    ),
  ],
  {
    description:
      'Whether a prediction may answer "none of these": `label` is then null, and `reason` says why. `true` uses the level of the package; `{"coverage": 0.9}` sets a level of your own.',
  },
);

const SetLevel = Type.Number({
  minimum: 0.5,
  exclusiveMaximum: 1,
  description:
    'Adds to each prediction a set of labels that contains the right one with this probability, for inputs like the examples. `0.9` means 9 times in 10.',
});

const Explain = Type.Boolean({
  description: 'Whether each prediction also names the examples and the parts of the input that led to it.',
});

/** Members of the options of a prediction, and of the defaults of a task. */
export const PredictionDefaults = Type.Object(
  {
    reject: Type.Optional(Reject),
    set: Type.Optional(SetLevel),
    explain: Type.Optional(Explain),
  },
  {
    title: 'PredictionDefaults',
    ...closed,
    description: 'Options for predictions that do not name them. `{}` in a request removes all.',
  },
);

export const TaskSettings = Type.Object({
  packageUpdates: oneOf(PACKAGE_UPDATES, {
    description:
      'What the task does when another version of the package is installed. `pin` (default): it keeps its version until `readapt`. `follow`: the task is adapted to the new version in the background; its version answers until then.',
  }),
  monitor: Type.Boolean({
    description:
      'Whether the task stores features of the inputs of its predictions, so that `drift` can detect a change of inputs. Default: false.',
  }),
  keep: nullable(
    Type.Object(
      {
        predictions: Type.Integer({
          minimum: 1,
          maximum: MOST_KEPT.predictions,
          description: 'How many predictions are kept: the latest ones.',
        }),
        hours: Type.Integer({
          minimum: 1,
          maximum: MOST_KEPT.hours,
          description: 'For how many hours each is kept.',
        }),
      },
      closed,
    ),
    {
      description:
        'Keeps predictions with their inputs, so that `feedback` can name a prediction by its id, and `review` can list it. Null (default): none is kept.',
    },
  ),
  memory: nullable(
    Type.Object(
      {
        last: Type.Integer({
          minimum: 1,
          maximum: 100_000,
          description:
            'How many examples of each label are learnt (for regression: of all): the latest ones.',
        }),
      },
      closed,
    ),
    {
      description: 'Forgets old examples: adaptations learn from the latest only. Null (default): from all.',
    },
  ),
  defaults: PredictionDefaults,
});

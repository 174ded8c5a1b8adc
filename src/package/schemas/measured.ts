import { Type } from 'typebox';
import { closed, count, oneOf } from './parts.ts';

/** One measured number, how it was measured, and the command that measures it again. */
export const MeasuredMetric = Type.Object(
  {
    name: oneOf(['accuracy', 'mse'], 'What was measured: the accuracy, or the mean squared error.'),
    value: Type.Number({ description: 'The mean over all episodes. An accuracy is from 0 to 1.' }),
    interval95: Type.Number({
      minimum: 0,
      description: 'Half the width of the 95 % confidence interval of the mean.',
    }),
    calibrationError: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          'Expected calibration error of the probabilities, from 0 to 1: the mean difference between confidence and accuracy, in 15 bins of confidence over all queries. Absent for regression, and if it was not measured.',
      }),
    ),
    dataset: Type.String({ description: 'The name of the data set.' }),
    split: Type.String({ description: 'The part of the data set, such as `test`.' }),
    protocol: Type.String({ description: 'How it was measured, in words.' }),
    ways: Type.Optional(count('Number of labels of an episode. Absent for regression.')),
    shots: count('Number of examples of each label; for regression, of all examples.'),
    queries: count('Number of inputs that are predicted for each label; for regression, in all.'),
    steps: Type.Integer({ minimum: 0, description: 'Number of steps of each adaptation.' }),
    episodes: count('Number of episodes. Each is a task that is drawn at random.'),
    seed: Type.Integer({ description: 'The seed of the random draws.' }),
    command: Type.String({ description: 'The command that measures the value again.' }),
  },
  {
    ...closed,
    title: 'Metric',
    description: 'One measured number, and how it was measured.',
  },
);

/**
 * The confidence of a package, measured on its training tasks. It is not part of the digest: the programs stay the same.
 */
export const FittedCalibration = Type.Object(
  {
    temperatures: Type.Array(
      Type.Object(
        {
          shots: count('The number of examples of each label that the entry is for.'),
          value: Type.Number({ exclusiveMinimum: 0, description: 'The logits are divided by this number.' }),
        },
        closed,
      ),
      {
        description:
          'What logits are divided by, by the number of examples of each label, ascending; interpolated between entries. Empty for regression.',
      },
    ),
    intervalFactor: Type.Number({
      exclusiveMinimum: 0,
      description:
        'The intervals of a report are wider by this factor than intervals for independent examples.',
    }),
    rarities: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9+/]*={0,2}$',
        description:
          'For features that count parts of inputs: how rare each feature is in the training data. It is the base64 of one byte for each feature: −log of its share, in sixteenths. 0 means that the feature does not count. Absent for other features.',
      }),
    ),
    command: Type.String({ description: 'The command that fits these numbers.' }),
    datasets: Type.Array(Type.String(), { description: 'The data sets that the numbers are fitted to.' }),
  },
  {
    ...closed,
    title: 'Calibration',
    description:
      'How the probabilities of the package are corrected, as fitted on its training tasks. Absent if the package was not calibrated.',
  },
);

import { Type } from 'typebox';
import { ISSUES, type Report as ReportRecord } from '../../domain/trust/report/report.ts';
import { mapOf, nullable, oneOf } from './shared/shape.ts';

const Interval = Type.Array(Type.Number(), {
  minItems: 2,
  maxItems: 2,
  description: 'A 95 % interval: its lower and its upper end.',
  examples: [[0.75, 0.98]],
});

const measured = {
  method: Type.String({
    description:
      'How it was computed, such as `5 folds`: the examples were divided into 5 parts, and each part was predicted by a model of the other 4.',
  }),
  n: Type.Integer({ description: 'How many examples were left out and predicted.' }),
  says: Type.String({ description: 'The same in a sentence.' }),
};

const Accuracy = Type.Object(
  {
    estimate: Type.Number({ description: 'The share of right answers, from 0 to 1.' }),
    interval: Interval,
    ...measured,
  },
  {
    title: 'AccuracyEstimate',
    description:
      'The share of right answers for examples from which the model had not learnt: the run is repeated without them. In 95 % of tasks, the interval contains the accuracy on new inputs like the examples.',
  },
);

const RegressionError = Type.Object(
  {
    estimate: Type.Number({ description: 'The root of the mean squared error, in the unit of the targets.' }),
    interval: Interval,
    r2: nullable(Type.Number(), {
      description:
        'R², the share of the variance of the targets that the predictions explain: 1 is best. Null if all targets are equal.',
    }),
    ...measured,
  },
  {
    title: 'ErrorEstimate',
    description: 'For regression: the error of the answers for examples from which the model had not learnt.',
  },
);

const LabelReport = Type.Object(
  {
    n: Type.Integer({ description: 'How many of its examples were left out and predicted.' }),
    recall: nullable(Type.Number(), {
      description:
        'The share of its left-out examples that got this label; null for a label with one example.',
    }),
    interval: nullable(Interval, {
      description: 'The 95 % interval of the recall. Null if the recall is null.',
    }),
    confusedWith: Type.Array(
      Type.Object({
        label: Type.String({ description: 'The wrong label.' }),
        n: Type.Integer({ description: 'How many examples got it.' }),
      }),
      {
        description: 'The labels that its other examples got.',
      },
    ),
  },
  { title: 'LabelReport', description: 'How well one label is recognised.' },
);

const CalibrationError = Type.Object(
  {
    ece: Type.Number({ description: 'Expected calibration error: how far confidence is from accuracy.' }),
    nll: Type.Number({ description: 'Mean negative log likelihood of the given labels.' }),
  },
  {
    title: 'CalibrationError',
    description: 'How far the probabilities are from the truth, on left-out examples.',
  },
);

const Suspect = Type.Object(
  {
    issue: oneOf(ISSUES, {
      description:
        '`label`: the other examples contradict its label. `near_duplicate`: it hardly differs from another example. `two_labels_one_input`: the same input has another label. `label_pair`: two labels look like one.',
    }),
    example: nullable(Type.String(), { description: 'The id of the example; null for a pair of labels.' }),
    position: nullable(Type.Integer(), {
      description: 'Its position in the support set, from 0; null for a pair of labels.',
    }),
    score: Type.Number({
      description:
        'From 0 to 1: the smaller, the likelier is the issue. For `label`, the probability of the given label.',
    }),
    suggested: Type.Optional(Type.String({ description: 'The label that the other examples suggest.' })),
    with: Type.Optional(Type.String({ description: 'The id of the other example.' })),
    labels: Type.Optional(Type.Array(Type.String(), { description: 'The two labels of a pair.' })),
  },
  { title: 'Suspect', description: 'An example or a pair of labels that deserves a look.' },
);

export const Report = Type.Unsafe<ReportRecord>(
  Type.Object(
    {
      accuracy: nullable(Accuracy, {
        description:
          'For classification: the estimated accuracy. Null for regression, and if it cannot be known.',
      }),
      error: nullable(RegressionError, {
        description:
          'For regression: the estimated error. Null for classification, and if it cannot be known.',
      }),
      perLabel: mapOf(LabelReport, {
        description: 'For classification: each label by its name. Empty for regression.',
      }),
      baselines: Type.Object(
        {
          majority: nullable(Type.Number(), {
            description:
              'Always the label with the most examples; for regression, the mean. Null if it cannot be known.',
          }),
          nearestNeighbour: nullable(Type.Number(), {
            description: 'The label, or the target, of the most similar example. Null if it cannot be known.',
          }),
        },
        {
          description:
            'The accuracy of simple rules on the same examples; for regression, their error. An adaptation should be better.',
        },
      ),
      calibration: nullable(
        Type.Object({
          temperature: Type.Number({
            description:
              'Predictions divide their logits by this number. Above 1, it makes probabilities more equal.',
          }),
          before: nullable(CalibrationError, {
            description: 'Without the temperature. Null if it cannot be known.',
          }),
          after: nullable(CalibrationError, {
            description: 'With the temperature. Null if it cannot be known.',
          }),
        }),
        {
          description:
            'How well the probabilities agree with shares of right answers; null for regression. Predictions divide their logits by the temperature: this changes probabilities, never labels.',
        },
      ),
      suspects: Type.Array(Suspect, { description: 'Examples and labels that deserve a look.' }),
      next: Type.Array(
        Type.Object({
          label: Type.String({ description: 'The label that needs more examples.' }),
          examples: Type.Integer({ description: 'How many examples of it to add.' }),
          gain: nullable(Type.Number(), {
            description: 'How much they would raise the accuracy; null if it is not known.',
          }),
        }),
        { description: 'What to add next, the most useful first.' },
      ),
      notes: Type.Array(
        Type.Object({
          code: Type.String({ description: 'The code of the note. It does not change, unlike the text.' }),
          detail: Type.String({ description: 'An explanation, for people.' }),
        }),
        {
          description: 'The limits of this report, in words.',
        },
      ),
    },
    {
      title: 'Report',
      description: 'The quality of an adaptation, estimated from its examples.',
    },
  ),
);

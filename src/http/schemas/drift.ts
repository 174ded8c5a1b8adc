import { type Static, Type } from 'typebox';
import { KEPT_CHECKS } from '../../domain/drift/kept-checks.ts';
import { type DriftView, REFERENCES } from '../../service/drift/use-cases.ts';
import { closed, mapOf, nullable, objectName, oneOf } from './shared/shape.ts';

export const DriftQuery = Type.Object(
  {
    reference: Type.Optional(
      oneOf(REFERENCES, {
        description:
          'The inputs that the latest inputs are compared with. `window` (default): the first 200 inputs of predictions. `support`: the examples of the current adaptation. Often all labels have the same number of examples, but inputs of some labels are more frequent, so a difference from the examples need not be a change over time.',
      }),
    ),
  },
  closed,
);

const Time = nullable(Type.String({ format: 'date-time' }), {
  description: 'An ISO time; null if there are no inputs.',
});
const sample = {
  size: Type.Integer({ description: 'Number of inputs.' }),
  from: Time,
  to: Time,
};

const Summary = Type.Object(
  {
    low: Type.Optional(Type.Number({ description: 'The 5th percentile.' })),
    median: Type.Optional(Type.Number({ description: 'The median.' })),
    high: Type.Optional(Type.Number({ description: 'The 95th percentile.' })),
    shares: Type.Optional(
      mapOf(Type.Number(), { description: 'The share of each kind, the most frequent first.' }),
    ),
  },
  {
    title: 'StatisticSummary',
    description: 'For an amount, its percentiles. For a category, the share of each value.',
  },
);

const PValue = Type.Number({
  minimum: 0,
  maximum: 1,
  description: 'How often a difference of this size, or a larger one, occurs if nothing has changed.',
});

export const Drift = Type.Object(
  {
    object: objectName('drift'),
    task: Type.String({ description: 'The id of the task.' }),
    isDrift: Type.Boolean({
      description:
        'Whether the latest inputs differ from the reference: `pValue` is at most 0.05. So for 1 window in 20 it is true although nothing has changed. False while there are not enough inputs.',
    }),
    pValue: nullable(PValue, {
      description: 'By a permutation test. Null while there are not enough inputs.',
    }),
    distance: nullable(Type.Number(), {
      description:
        'The squared maximum mean discrepancy between the features of both samples. It can be a little below 0.',
    }),
    threshold: nullable(Type.Number(), { description: 'Distances above this are drift.' }),
    auc: nullable(Type.Number(), {
      description:
        'How well a linear classifier separates the inputs of both samples: 0.5 not at all, 1 completely.',
    }),
    since: nullable(Type.String({ format: 'date-time' }), {
      description:
        'The time since which the checks in the background have found drift. The webhook `drift.detected` was sent at this time. These checks need stronger evidence than `isDrift`.',
    }),
    window: Type.Object(sample, { description: 'The latest inputs, at most 200.' }),
    reference: Type.Object(
      { kind: oneOf(REFERENCES, { description: 'What it is, as in the query.' }), ...sample },
      { description: 'What the latest inputs are compared with.' },
    ),
    perLabel: Type.Array(
      Type.Object({
        label: Type.String({ description: 'The predicted label.' }),
        reference: Type.Integer({ description: 'Inputs of the reference with this label.' }),
        window: Type.Integer({ description: 'Latest inputs with this label.' }),
        pValue: nullable(PValue, { description: 'Null if there are too few to say.' }),
        isDrift: Type.Boolean({
          description: 'Whether inputs with this label differ from those of the reference.',
        }),
      }),
      { description: 'Whether the inputs with one predicted label have changed.' },
    ),
    statistics: Type.Array(
      Type.Object({
        name: Type.String({ description: 'The name of the property.' }),
        pValue: PValue,
        isDrift: Type.Boolean({
          description: 'If nothing has changed, at most 1 of 20 answers marks a statistic.',
        }),
        reference: Summary,
        window: Summary,
      }),
      {
        description:
          'Plain properties of the inputs, such as sizes, languages, missing cells, and the share of each label. They are shown from 20 inputs on.',
      },
    ),
    checks: Type.Array(
      Type.Object({
        at: Type.String({ format: 'date-time', description: 'When it was checked.' }),
        count: Type.Integer({ description: 'Inputs since monitoring began.' }),
        pValue: PValue,
        distance: Type.Number({ description: 'The distance that was found, as `distance`.' }),
        threshold: Type.Number({ description: 'Distances above this are drift.' }),
      }),
      {
        description: `What the checks in the background have measured against the first inputs, the oldest first: at most ${KEPT_CHECKS}, the latest in full, and some of the older ones.`,
      },
    ),
    enough: Type.Boolean({ description: 'Whether both samples have the 25 inputs that the test needs.' }),
  },
  { title: 'Drift', description: 'Whether the inputs of a task have changed.' },
);

export function driftBody(task: string, drift: DriftView): Static<typeof Drift> {
  return {
    object: 'drift',
    task,
    ...drift,
    perLabel: [...drift.perLabel],
    checks: [...drift.checks],
    statistics: [...drift.statistics],
  };
}

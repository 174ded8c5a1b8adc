import { type Static, Type } from 'typebox';
import type { Prediction as PredictionOfInput } from '../../../service/service.ts';
import type { Batch } from '../../bodies/batch.ts';
import { describeBodies } from '../../bodies/kinds.ts';
import { singleBodies } from '../../bodies/single.ts';
import { MAX_INPUTS } from '../../limits.ts';
import { Input } from '../shared/inputs.ts';
import { closed, mapOf, nullable, oneOf } from '../shared/shape.ts';
import { Warnings } from '../shared/warnings.ts';
import { Explanation, explanationBody } from './explanation.ts';
import { PredictOptions } from './prediction-options.ts';

export const PredictBody = Type.Object(
  {
    inputs: Type.Array(Input, { minItems: 1, maxItems: MAX_INPUTS, description: 'The inputs to predict.' }),
    options: Type.Optional(PredictOptions),
  },
  {
    title: 'PredictRequest',
    description: 'Inputs to predict, and options.',
    ...closed,
    'x-items': 'inputs',
    'x-bodies': {
      ...describeBodies({
        form: 'One part per input: a picture or sound as a file, a text, or any other input as JSON with the media type `application/json`. The predictions have the same order, and each has the name of its field and of its file.',
        csv: 'A table with a header, in UTF-8. Each row is an input.',
        ndjson: 'One input per line, in the form of `inputs`.',
        archive: 'One file per input. Each prediction has the name of its file.',
      }),
      ...singleBodies,
    },
  },
);

const SetOfLabels = Type.Object(
  {
    labels: nullable(Type.Array(Type.String()), {
      description: 'From likely to unlikely. Null if there are too few examples for this level.',
    }),
    level: Type.Number({ description: 'The probability that was asked for.' }),
    guarantee: Type.String({ description: 'What the set promises, in words.' }),
  },
  {
    title: 'LabelSet',
    description:
      'A set of labels that contains the right one with the stated probability. Present if the call has the option `set`.',
  },
);

export const Prediction = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        description: 'If the task keeps its predictions (`keep`): `feedback` can name it by this id.',
      }),
    ),
    field: Type.Optional(Type.String({ description: 'For forms: the name of the field of the input.' })),
    filename: Type.Optional(Type.String({ description: 'For forms: the name of the file of the input.' })),
    label: Type.Optional(
      nullable(Type.String(), {
        description:
          'For classification: the likeliest label. Null if `reject` is on and the answer is "none of these".',
      }),
    ),
    reason: Type.Optional(
      oneOf(['unlike_examples', 'ambiguous'], {
        description:
          'Why there is no label. `unlike_examples`: the input differs from all examples. `ambiguous`: several labels have about the same probability.',
      }),
    ),
    best: Type.Optional(
      Type.String({ description: 'If `label` is null: the label that it would have had.' }),
    ),
    novelty: Type.Optional(
      nullable(Type.Number(), {
        description:
          'From 0 to 1: how unusual this input is. 0.9 means that about 90 % of inputs like the examples are less unusual. Near 1, the input is unlike all examples. Null if it is not known: until the report of the adaptation is there, and with one example of each label.',
      }),
    ),
    probabilities: Type.Optional(
      mapOf(Type.Number(), {
        description: 'For classification: the probability of every label. The probabilities sum to 1.',
      }),
    ),
    set: Type.Optional(SetOfLabels),
    explanation: Type.Optional(Explanation),
    warnings: Warnings,
    value: Type.Optional(
      Type.Unknown({
        description:
          'For regression: the predicted number, or numbers in nested arrays of the output shape of the package. Null with a `reason`.',
      }),
    ),
  },
  { title: 'Prediction', description: 'The answer to one input.' },
);

const Predictions = Type.Object(
  {
    task: Type.String({ description: 'The id of the task.' }),
    adaptation: Type.String({ description: 'The id of the adaptation that answered.' }),
    model: Type.String({ description: 'The package with its version.' }),
    predictions: Type.Array(Prediction, { description: 'One answer for each input, in their order.' }),
  },
  { title: 'Predictions', description: 'The answers to the inputs of a request.' },
);

export const PredictionsAnswer = {
  description: 'The predictions in the order of the inputs, as JSON, or as CSV if `Accept` asks for it.',
  content: {
    'application/json': { schema: Predictions },
    'text/csv': {
      schema: {
        type: 'string',
        description:
          'A row per input: `label`, `novelty` and a column `probability:<label>` for each label, or `value`; `warnings` has the codes of the warnings.',
      },
    },
  },
} as const;

/** A prediction with the names by which the caller knows its input. */
export function predictionBody(
  { warnings = [], set, explanation, ...answer }: PredictionOfInput,
  item: number,
  batch: Batch | null,
): Static<typeof Prediction> {
  const placed = warnings.map(({ code, pointer, detail }) => ({
    code,
    pointer: `/inputs/${item}${pointer}`,
    detail,
  }));
  const labels = set?.labels && [...set.labels];
  return {
    warnings: placed,
    ...batch?.sourceOf(item),
    ...answer,
    ...(set && { set: { ...set, labels: labels ?? null } }),
    ...(explanation && { explanation: explanationBody(explanation) }),
  };
}

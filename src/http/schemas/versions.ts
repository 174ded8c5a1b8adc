import { type Static, Type } from 'typebox';
import type { Prediction as Answer } from '../../service/service.ts';
import type { Comparison as ComparisonOfInputs } from '../../service/versions/use-cases.ts';
import { MAX_INPUTS } from '../limits.ts';
import { Prediction, predictionBody } from './predictions/predictions.ts';
import { Input } from './shared/inputs.ts';
import { closed, objectName } from './shared/shape.ts';

const Id = Type.String({ minLength: 1, maxLength: 128, description: 'The id of an adaptation.' });

export const CompareBody = Type.Object(
  {
    adaptations: Type.Array(Id, {
      minItems: 2,
      maxItems: 2,
      description: 'The ids of two adaptations of the task that have succeeded.',
    }),
    inputs: Type.Array(Input, {
      minItems: 1,
      maxItems: MAX_INPUTS,
      description: 'The inputs to predict with both.',
    }),
  },
  {
    title: 'CompareRequest',
    description: 'Two adaptations, and inputs for both.',
    ...closed,
  },
);

export const Comparison = Type.Object(
  {
    object: objectName('comparison'),
    task: Type.String({ description: 'The id of the task.' }),
    adaptations: Type.Array(
      Type.Object({
        id: Type.String({ description: 'The id of the adaptation.' }),
        model: Type.String({ description: 'The package with its version.' }),
      }),
      { description: 'Both adaptations, in the order of the request.' },
    ),
    inputs: Type.Integer({ description: 'Number of inputs.' }),
    agreement: Type.Number({
      description:
        'The share of inputs with the same label. For regression: with numbers that differ by at most 1 in 10,000.',
    }),
    meanAbsoluteDifference: Type.Optional(
      Type.Number({ description: 'For regression: the mean distance of the predicted numbers.' }),
    ),
    differences: Type.Array(
      Type.Object({
        input: Type.Integer({ description: 'The position of the input, from 0.' }),
        predictions: Type.Array(Prediction, {
          description: 'The answers of both adaptations, in their order.',
        }),
      }),
      { description: 'The inputs that the adaptations answer differently.' },
    ),
  },
  { title: 'Comparison', description: 'How far two adaptations agree.' },
);

export function comparisonBody(
  task: string,
  { adaptations, differences, ...rest }: ComparisonOfInputs<Answer>,
): Static<typeof Comparison> {
  return {
    object: 'comparison',
    task,
    adaptations: adaptations.map((each) => ({ ...each })),
    ...rest,
    differences: differences.map(({ item, answers }) => ({
      input: item,
      predictions: answers.map((each) => predictionBody(each, item, null)),
    })),
  };
}

import { type Static, Type } from 'typebox';
import { examples } from '../description/examples.ts';
import { MAX_INPUTS } from '../limits.ts';
import { namedOnce } from '../protocol/query.ts';
import { Input } from './inputs.ts';
import { closed, mapOf } from './shape.ts';

const AdaptationId = Type.String({
  minLength: 1,
  maxLength: 128,
  description:
    'The id of the adaptation to use: any succeeded adaptation of the task. Default: the current adaptation.',
  examples: ['adp_0123456789abcdef0123456789abcdef'],
});

const PredictOptions = Type.Object({ adaptation: Type.Optional(AdaptationId) }, closed);

export const PredictBody = Type.Object(
  {
    inputs: Type.Array(Input, { minItems: 1, maxItems: MAX_INPUTS }),
    options: Type.Optional(PredictOptions),
  },
  {
    ...closed,
    'x-examples': examples.predict,
    'x-form':
      'One image file per input. The predictions have the same order. The names of the fields are ignored.',
  },
);

/** The options of the JSON body, as query parameters. Forms have only these. */
export const PredictQuery = Type.Object(PredictOptions.properties, closed);

/** The adaptation that the body or the query names, or undefined. */
export function adaptationOf(
  { options }: Static<typeof PredictBody>,
  query: Static<typeof PredictQuery>,
): string | undefined {
  return namedOnce('options/adaptation', options?.adaptation, 'adaptation', query.adaptation);
}

const Prediction = Type.Object({
  label: Type.Optional(Type.String({ description: 'For classification: the likeliest label.' })),
  probabilities: Type.Optional(
    mapOf(Type.Number(), {
      description: 'For classification: the probability of every label. The probabilities sum to 1.',
    }),
  ),
  value: Type.Optional(
    Type.Unknown({
      description:
        'For regression: the predicted number, or numbers in nested arrays of the output shape of the package.',
    }),
  ),
});

export const Predictions = Type.Object({
  task: Type.String(),
  adaptation: Type.String({ description: 'The id of the adaptation that answered.' }),
  model: Type.String(),
  predictions: Type.Array(Prediction),
});

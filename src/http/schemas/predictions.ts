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
    "The adaptation that is to answer: any of the task's that has succeeded. Default: the current one.",
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
    'x-form': 'One image file per input, answered in this order.',
  },
);

/** The options of a body, for forms too. */
export const PredictQuery = Type.Object(PredictOptions.properties, closed);

/** The adaptation that is asked for, where one is. */
export function adaptationOf(
  { options }: Static<typeof PredictBody>,
  query: Static<typeof PredictQuery>,
): string | undefined {
  return namedOnce('options/adaptation', options?.adaptation, 'adaptation', query.adaptation);
}

const Prediction = Type.Object({
  label: Type.Optional(Type.String({ description: 'Classification: the likeliest label.' })),
  probabilities: Type.Optional(mapOf(Type.Number(), { description: 'By label; they sum to 1.' })),
  value: Type.Optional(
    Type.Unknown({ description: "Regression: numbers nested in the package's output shape." }),
  ),
});

export const Predictions = Type.Object({
  task: Type.String(),
  adaptation: Type.String({ description: 'The adaptation that answered.' }),
  model: Type.String(),
  predictions: Type.Array(Prediction),
});

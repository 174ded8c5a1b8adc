import { Type } from 'typebox';
import { examples } from '../description/examples.ts';
import { MAX_INPUTS } from '../limits.ts';
import { Input } from './inputs.ts';
import { closed, mapOf } from './shape.ts';

export const PredictBody = Type.Object(
  { inputs: Type.Array(Input, { minItems: 1, maxItems: MAX_INPUTS }) },
  {
    ...closed,
    'x-examples': examples.predict,
    'x-form': 'One image file per input, answered in this order.',
  },
);

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

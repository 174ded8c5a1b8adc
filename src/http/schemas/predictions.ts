import { type Static, Type } from 'typebox';
import { csvOf } from '../../files/cells.ts';
import type { Prediction as PredictionOfInput } from '../../service/service.ts';
import type { Batch } from '../bodies/batch.ts';
import { examples } from '../description/examples.ts';
import { MAX_INPUTS } from '../limits.ts';
import { namedOnce } from '../protocol/query.ts';
import { Input } from './inputs.ts';
import { closed, mapOf } from './shape.ts';
import { Warnings } from './warnings.ts';

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
    'x-items': 'inputs',
    'x-bodies': {
      'multipart/form-data':
        'One part per input: a picture or sound as a file, a text, or any other input as JSON with the media type `application/json`. The predictions have the same order, and each has the name of its field and of its file.',
      'text/csv': 'A table with a header, in UTF-8. Each row is an input.',
      'application/x-ndjson': 'One input per line, in the form of `inputs`.',
      'application/zip': 'One file per input. Each prediction has the name of its file.',
    },
  },
);

/** The options of the JSON body, as query parameters. Other bodies have only these. */
export const PredictQuery = Type.Object(PredictOptions.properties, closed);

/** The adaptation that the body or the query names, or undefined. */
export function adaptationOf(
  { options }: Static<typeof PredictBody>,
  query: Static<typeof PredictQuery>,
): string | undefined {
  return namedOnce('options/adaptation', options?.adaptation, 'adaptation', query.adaptation);
}

const Prediction = Type.Object({
  field: Type.Optional(Type.String({ description: 'For forms: the name of the field of the input.' })),
  filename: Type.Optional(Type.String({ description: 'For forms: the name of the file of the input.' })),
  label: Type.Optional(Type.String({ description: 'For classification: the likeliest label.' })),
  probabilities: Type.Optional(
    mapOf(Type.Number(), {
      description: 'For classification: the probability of every label. The probabilities sum to 1.',
    }),
  ),
  warnings: Warnings,
  value: Type.Optional(
    Type.Unknown({
      description:
        'For regression: the predicted number, or numbers in nested arrays of the output shape of the package.',
    }),
  ),
});

const Predictions = Type.Object({
  task: Type.String(),
  adaptation: Type.String({ description: 'The id of the adaptation that answered.' }),
  model: Type.String(),
  predictions: Type.Array(Prediction),
});

export const PredictionsAnswer = {
  description: 'The predictions in the order of the inputs, as JSON, or as CSV if `Accept` asks for it.',
  content: {
    'application/json': { schema: Predictions },
    'text/csv': {
      schema: {
        type: 'string',
        description:
          'A row per input: `label` and a column `probability:<label>` for each label, or `value`; `warnings` has the codes of the warnings.',
      },
    },
  },
} as const;

/** A prediction with the names by which the caller knows its input. */
export function predictionBody(
  { warnings = [], ...answer }: PredictionOfInput,
  item: number,
  batch: Batch | null,
): Static<typeof Prediction> {
  const placed = warnings.map(({ code, pointer, detail }) => ({
    code,
    pointer: `/inputs/${item}${pointer}`,
    detail,
  }));
  return { ...batch?.sourceOf(item), ...answer, warnings: placed };
}

/** The predictions as a table. Cells that a spreadsheet would run as formulas are escaped. */
export function tableOfPredictions(predictions: readonly Static<typeof Prediction>[]): string {
  const [first] = predictions;
  if (!first) return '';
  const names = (['field', 'filename', 'label', 'value'] as const).filter((name) =>
    predictions.some((each) => each[name] !== undefined),
  );
  const labels = Object.keys(first.probabilities ?? {});
  const columns = [...names, ...labels.map((label) => `probability:${label}`), 'warnings'];
  const rows = predictions.map((each) => [
    ...names.map((name) => cellOf(each[name])),
    ...labels.map((label) => each.probabilities?.[label] ?? ''),
    each.warnings.map(({ code }) => code).join(' '),
  ]);
  return csvOf(columns, rows);
}

function cellOf(value: unknown): string | number {
  if (value === undefined) return '';
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}

import { type Static, Type } from 'typebox';
import type { Origin } from '../../domain/adaptation.ts';
import { MAX_LABEL_LENGTH } from '../../domain/labels.ts';
import type { AdaptRequest, RawExample } from '../../service/service.ts';
import { type Batch, refuseTarget } from '../bodies/batch.ts';
import { describeBodies } from '../bodies/kinds.ts';
import { MAX_EXAMPLES } from '../limits.ts';
import { namedOnce } from '../protocol/query.ts';
import { ModelChoice, ModelName } from './models.ts';
import { Input, toRawInput } from './shared/inputs.ts';
import { closed, oneOf } from './shared/shape.ts';
import { Metadata, TaskParams } from './tasks.ts';

const Example = Type.Object(
  {
    input: Input,
    label: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_LABEL_LENGTH,
        description: 'For classification: the name of the class. You can choose any text.',
      }),
    ),
    target: Type.Optional(
      Type.Union([Type.Array(Type.Unknown()), Type.Number()], {
        description:
          'For regression: the right answer, as a number or as nested arrays in the output shape of the package.',
      }),
    ),
  },
  {
    ...closed,
    title: 'LabelledInput',
    description: 'An example: an input with its `label`, or for regression with its `target`.',
  },
);

const Mode = oneOf(['replace', 'append'], {
  description:
    '`replace` (default): adapt to only these examples. `append`: add these examples to those that the task has, and adapt to all of them. Appended examples may have new labels.',
});

const Settings = Type.Object(
  {
    steps: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'The number of steps. Packages that do not adapt in steps allow only 0.',
      }),
    ),
    rate: Type.Optional(
      Type.Number({ minimum: 0, description: 'The size of a step: how far each step changes the model.' }),
    ),
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description:
          'A number that becomes a part of the id of the adaptation. Packages draw no random numbers, so it does not change the result.',
      }),
    ),
    robust: Type.Optional(
      Type.Boolean({
        description:
          'Whether an example counts for less if the other examples contradict its label. Use it if some labels may be wrong. Default: false.',
      }),
    ),
  },
  {
    title: 'AdaptSettings',
    ...closed,
    description:
      'How to adapt. A missing setting takes the default of the package, also if examples are appended. Where the stored examples are adapted to again with the same package (`readapt`, or `append` without examples), it takes the value of the latest adaptation. `GET /models/{name}` returns the defaults and bounds.',
  },
);

export const AdaptBody = Type.Object(
  {
    model: Type.Optional(ModelChoice),
    support: Type.Array(Example, {
      maxItems: MAX_EXAMPLES,
      description: 'The labelled examples to learn from.',
    }),
    settings: Type.Optional(Settings),
    mode: Type.Optional(Mode),
    metadata: Type.Optional(Metadata),
  },
  {
    title: 'AdaptRequest',
    description: 'Labelled examples, and how to adapt to them.',
    ...closed,
    'x-items': 'support',
    'x-bodies': describeBodies({
      form: 'One part per example. The name of its field is the label. Its content is the input: a picture or sound as a file, a text, or any other input as JSON with the media type `application/json`. Packages for drawings expect dark strokes on a light background, unless their description says otherwise.',
      csv: 'A table with a header, in UTF-8. The query names the column with the labels or numbers (`target`); the other columns are the input. A package for texts takes tables with one such column.',
      ndjson:
        'One example per line, in the form of `support`. With `target` in the query, each line is a row: an object with a member for each column.',
      archive: 'One file per example, in a folder that is named by its label.',
    }),
  },
);

export const ReadaptBody = Type.Object(
  { model: Type.Optional(ModelName), settings: Type.Optional(Settings) },
  {
    title: 'ReadaptRequest',
    description: 'What to change. Without a body, nothing: the task adapts to its examples as they are now.',
    ...closed,
  },
);

/** Members of the JSON body that are in the query for other bodies, which hold only examples. */
export const AdaptQuery = Type.Object(
  {
    model: Type.Optional(ModelChoice),
    mode: Type.Optional(Mode),
    target: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        description: 'For tables: the name of the column with the labels, or with the numbers to predict.',
        examples: ['species'],
      }),
    ),
  },
  closed,
);

export const AdaptHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        'Makes the call safe to repeat. For 24 hours, calls for this task with the same key and the same decoded content return the same adaptation. If the content differs, the answer is 422. The key has 1 to 255 visible ASCII characters.',
      examples: ['8e03978e-40d5-43dd-bc93-6894a57f9324'],
    }),
  ),
  prefer: Type.Optional(
    Type.String({
      description:
        '`wait=n`: the call waits for the end of the adaptation, but at most n seconds (n is at most 60).',
      examples: ['wait=10'],
    }),
  ),
});

export const AdaptationParams = Type.Object({
  ...TaskParams.properties,
  id: Type.String({
    minLength: 1,
    maxLength: 128,
    description: 'The id of the adaptation.',
    examples: ['adp_0123456789abcdef0123456789abcdef'],
  }),
});

/** Converts a checked body to a request to the service. The service reads the examples of a form or an archive one by one. */
export function toAdaptRequest(
  { support, model, mode: modeInBody, ...rest }: Static<typeof AdaptBody>,
  batch: Batch | null,
  query: Static<typeof AdaptQuery>,
  idempotencyKey: string | undefined,
  origin: Origin,
): AdaptRequest {
  const named = namedOnce('model', model, 'model', query.model);
  const mode = namedOnce('mode', modeInBody, 'mode', query.mode);
  const inQuery = model === undefined && query.model !== undefined;
  return {
    origin,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(mode !== undefined && { mode }),
    ...rest,
    ...(named !== undefined && { model: named }),
    ...(!inQuery && { modelPointer: '/model' }),
    support: batch ? batch.examples(query.target) : jsonExamples(support, query.target),
  };
}

function jsonExamples(
  support: Static<typeof AdaptBody>['support'],
  target: string | undefined,
): RawExample[] {
  refuseTarget(target, 'in JSON each example has a label or a target');
  return support.map(({ input, ...outcome }) => ({ ...outcome, input: toRawInput(input) }));
}

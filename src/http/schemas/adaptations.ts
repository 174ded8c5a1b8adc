import { type Static, Type } from 'typebox';
import {
  ADAPTATION_STATUSES,
  type Adaptation as AdaptationRecord,
  type Origin,
  timingsOf,
} from '../../domain/adaptation.ts';
import { MAX_LABEL_LENGTH } from '../../domain/support-set.ts';
import type { AdaptRequest, RawExample } from '../../service/service.ts';
import type { Form } from '../bodies/forms.ts';
import { examples } from '../description/examples.ts';
import { MAX_EXAMPLES } from '../limits.ts';
import { namedOnce } from '../protocol/query.ts';
import { Input, toRawInput } from './inputs.ts';
import { listOf } from './list.ts';
import { closed, mapOf, nullable, oneOf } from './shape.ts';
import { Metadata, ModelName, TaskParams } from './tasks.ts';

const Example = Type.Object(
  {
    input: Input,
    label: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_LABEL_LENGTH,
        description: 'Classification: the name of the class, any text of yours.',
      }),
    ),
    target: Type.Optional(
      Type.Union([Type.Array(Type.Unknown()), Type.Number()], {
        description: "Regression: numbers nested in the package's output shape.",
      }),
    ),
  },
  closed,
);

const Mode = oneOf(['replace', 'append'], {
  description:
    '`append` adds these examples, of known classes or new ones, to the support set accepted last. `replace` (default) takes them instead of it.',
});

export const AdaptBody = Type.Object(
  {
    model: Type.Optional(ModelName),
    support: Type.Array(Example, { maxItems: MAX_EXAMPLES }),
    settings: Type.Optional(
      Type.Object(
        {
          steps: Type.Optional(Type.Integer({ minimum: 0 })),
          rate: Type.Optional(Type.Number({ minimum: 0 })),
          seed: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: Number.MAX_SAFE_INTEGER,
              description: 'For algorithms that draw random numbers; MAML and prototypes do not.',
            }),
          ),
        },
        {
          ...closed,
          description:
            'A setting that is left out takes the default of the package, in mode `append` too. `GET /models/{name}` has defaults and bounds.',
        },
      ),
    ),
    mode: Type.Optional(Mode),
    metadata: Type.Optional(Metadata),
  },
  {
    ...closed,
    'x-examples': examples.adapt,
    'x-form':
      'One image file per example; the field name is its label. Dark strokes on a light ground, unless the model says otherwise.',
  },
);

/** Members of the JSON body that a form has no place for. */
export const AdaptQuery = Type.Object(
  {
    model: Type.Optional({
      ...ModelName,
      description: 'Name of a package, for forms; a JSON body can name it itself.',
    }),
    mode: Type.Optional(Mode),
  },
  closed,
);

export const AdaptHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description:
        'Makes the call safe to repeat: for 24 hours, calls on this task with the same key and the same decoded content are one call, and answer the same adaptation. Other content under the key is a 422. From 1 to 255 visible ASCII characters.',
      examples: ['8e03978e-40d5-43dd-bc93-6894a57f9324'],
    }),
  ),
  prefer: Type.Optional(
    Type.String({
      description: '`wait=n`: answer when the adaptation has ended, or after n seconds (at most 60).',
      examples: ['wait=10'],
    }),
  ),
});

export const AdaptationParams = Type.Object({
  ...TaskParams.properties,
  id: Type.String({ minLength: 1, maxLength: 128, description: 'The id of the adaptation.' }),
});

const Timing = nullable(Type.Number());

export const Adaptation = Type.Object({
  id: Type.String(),
  object: Type.Literal('adaptation'),
  task: Type.String(),
  model: Type.String(),
  status: oneOf(ADAPTATION_STATUSES),
  settings: Type.Object({ steps: Type.Integer(), rate: Type.Number(), seed: Type.Integer() }),
  support: Type.Object({
    examples: Type.Integer(),
    labels: Type.Optional(mapOf(Type.Integer())),
    digest: Type.String(),
  }),
  progress: Type.Object({ step: Type.Integer(), steps: Type.Integer() }),
  losses: Type.Array(Type.Number(), { description: 'Support loss before each step.' }),
  timings: Type.Object({ queuedMs: Timing, runMs: Timing }),
  executionProvider: nullable(
    Type.String({ description: 'What it ran on, such as `cpu`; null until it runs.' }),
  ),
  createdAt: Type.String(),
  startedAt: nullable(Type.String()),
  endedAt: nullable(Type.String()),
  error: nullable(Type.Object({ code: Type.String(), message: Type.String() })),
});
export const AdaptationList = listOf(Adaptation);

export function adaptationBody(record: AdaptationRecord): Static<typeof Adaptation> {
  const { id, task, model, status, settings, support, losses, createdAt, startedAt, endedAt, error } = record;
  const { examples: count, labels, digest } = support;
  return {
    id,
    object: 'adaptation',
    task,
    model,
    status,
    settings,
    support: { examples: count, ...(labels && { labels }), digest },
    progress: { step: losses.length, steps: settings.steps },
    losses: [...losses],
    timings: timingsOf(record),
    // Older records lack it.
    executionProvider: record.executionProvider ?? null,
    createdAt,
    startedAt,
    endedAt,
    error,
  };
}

/** A checked body as a request to the service. The examples of a form are read when the service asks for them. */
export function toAdaptRequest(
  { support, model, mode: modeInBody, ...rest }: Static<typeof AdaptBody>,
  form: Form | null,
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
    support: form
      ? examplesOf(form)
      : support.map(({ input, ...outcome }) => ({ ...outcome, input: toRawInput(input) })),
  };
}

/** In a form the name of a file's field is its label. */
async function* examplesOf(form: Form): AsyncGenerator<RawExample> {
  for await (const { name, file } of form.files()) {
    yield { input: { kind: 'file', file }, ...(name !== undefined && { label: name }) };
  }
}

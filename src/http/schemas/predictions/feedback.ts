import { type Static, Type } from 'typebox';
import { READAPTS } from '../../../domain/feedback/due.ts';
import { MAX_LABEL_LENGTH } from '../../../domain/labels.ts';
import type { FeedbackAnswer as Answer, FeedbackRequest } from '../../../service/feedback/use-cases.ts';
import { describeBodies } from '../../bodies/kinds.ts';
import { namedOnce } from '../../protocol/query.ts';
import { AdaptHeaders } from '../adapt-request.ts';
import { Adaptation, adaptationBody } from '../adaptation.ts';
import { Example, exampleBody } from '../examples.ts';
import { Input, toRawInput } from '../shared/inputs.ts';
import { closed, nullable, objectName, oneOf } from '../shared/shape.ts';
import { Warnings } from '../shared/warnings.ts';
import { TaskParams } from '../tasks.ts';

const Readapt = oneOf(READAPTS, {
  description:
    'When the task adapts to it. `now`: at once, or after the adaptation of the task that waits or runs. `batch` (default): with the tenth feedback, or about a minute after the first. `never`: this feedback starts no adaptation. One adaptation learns all feedback that has arrived by then.',
});

export const PredictionId = Type.String({
  minLength: 1,
  maxLength: 128,
  description: 'The `id` in the answer of `predict`. A task gives its predictions ids if it keeps them.',
  examples: ['prd_0123456789abcdef0123456789abcdef01234567'],
});

export const FeedbackBody = Type.Object(
  {
    prediction: Type.Optional(PredictionId),
    input: Type.Optional(Input),
    label: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: MAX_LABEL_LENGTH,
        description: 'For classification: the right label. It may be a new one.',
      }),
    ),
    target: Type.Optional(
      Type.Union([Type.Array(Type.Unknown()), Type.Number()], {
        description: 'For regression: the right answer.',
      }),
    ),
    readapt: Type.Optional(Readapt),
  },
  {
    title: 'FeedbackRequest',
    description:
      'The right answer to a kept prediction (`prediction`) or to an `input`: its `label`, or for regression its `target`.',
    ...closed,
    'x-bodies': describeBodies({
      form: 'One part: the name of its field is the label, and its content is the input, as in `adapt`. `readapt` is in the query.',
    }),
  },
);

export const FeedbackQuery = Type.Object({ readapt: Type.Optional(Readapt) }, closed);

export const FeedbackHeaders = Type.Pick(AdaptHeaders, ['idempotency-key']);

export const FeedbackAnswer = Type.Object(
  {
    object: objectName('feedback'),
    example: Example,
    adaptation: nullable(Adaptation, {
      description: 'The adaptation that learns from it. Null if that is not accepted yet.',
    }),
    warnings: Warnings,
  },
  {
    title: 'Feedback',
    description: 'The result of feedback: the new example, and the adaptation that learns from it.',
  },
);

export const PredictionParams = Type.Object({ ...TaskParams.properties, prediction: PredictionId });

export function feedbackBody({ example, adaptation, warnings }: Answer): Static<typeof FeedbackAnswer> {
  return {
    object: 'feedback',
    example: exampleBody(example, 'examples/'),
    adaptation: adaptation && adaptationBody(adaptation),
    warnings: [...warnings],
  };
}

type Body = Static<typeof FeedbackBody>;

/** `part` is the input of a form, with its label. */
export function toFeedbackRequest(
  { input, readapt: inBody, ...rest }: Body,
  part: Pick<FeedbackRequest, 'input' | 'label'> | null,
  query: Static<typeof FeedbackQuery>,
  more: Pick<FeedbackRequest, 'idempotencyKey' | 'origin'>,
): FeedbackRequest {
  const readapt = namedOnce('readapt', inBody, 'readapt', query.readapt);
  return {
    ...rest,
    ...(input !== undefined && { input: toRawInput(input) }),
    ...part,
    ...(readapt !== undefined && { readapt }),
    ...more,
  };
}

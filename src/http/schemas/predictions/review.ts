import { type Static, Type } from 'typebox';
import { CONTENT_KINDS } from '../../../domain/content.ts';
import type { KeptPrediction } from '../../../domain/feedback/kept-prediction.ts';
import type {
  Measured as MeasuredRecord,
  Quality as QualityRecord,
} from '../../../domain/feedback/quality.ts';
import { REVIEW_REASONS, type Suggestion } from '../../../domain/feedback/review.ts';
import { closed, mapOf, nullable, objectName, oneOf, time } from '../shared/shape.ts';

const measures = {
  measure: oneOf(['accuracy', 'error'], {
    description: '`accuracy`: a share of right labels. `error`: the root of the mean squared error.',
  }),
  estimate: Type.Number({
    description: 'The accuracy, from 0 to 1, or the error in the unit of the targets.',
  }),
  interval: Type.Array(Type.Number(), {
    minItems: 2,
    maxItems: 2,
    description: 'The 95 % interval: its lower and its upper end.',
    examples: [[0.75, 0.98]],
  }),
  n: Type.Integer({
    description: 'Number of examples, or of predictions with feedback, that it is measured on.',
  }),
};
const Measured = Type.Object(measures, {
  title: 'MeasuredQuality',
  description: 'An accuracy or an error, with its interval.',
});

export const Quality = Type.Object(
  {
    object: objectName('quality'),
    task: Type.String({ description: 'The id of the task.' }),
    adaptation: nullable(Type.String(), { description: 'The id of the current adaptation.' }),
    estimate: nullable(Measured, {
      description: 'The estimate in the report of the current adaptation. Null if it is not known.',
    }),
    feedback: nullable(Measured, {
      description:
        'The share of right predictions among the latest 100 predictions with feedback. If people report errors only, this is lower than the accuracy of all predictions. So send feedback on right predictions, too.',
    }),
    feedbackOnCurrent: nullable(Measured, {
      description: 'As `feedback`, of predictions of the current adaptation only.',
    }),
    history: Type.Array(
      Type.Object({
        ...measures,
        from: Type.String({ format: 'date-time', description: 'When the first of them was given.' }),
        to: Type.String({ format: 'date-time', description: 'When the last of them was given.' }),
      }),
      {
        description:
          '`feedback` over time: one entry for each ten predictions, the oldest first. The first entry may have fewer.',
      },
    ),
    advice: Type.Object(
      {
        action: oneOf(['retrain', 'roll_back', 'label_more', 'none'], {
          description:
            '`retrain`: adapt again (`readapt`). `roll_back`: activate an earlier adaptation. `label_more`: add examples of a label. `none`: nothing needs to be done.',
        }),
        label: Type.Optional(
          Type.String({ description: 'For `label_more`: the label that needs examples.' }),
        ),
        adaptation: Type.Optional(
          Type.String({ description: 'For `roll_back`: the adaptation to activate.' }),
        ),
        says: Type.String({ description: 'The reason in a sentence.' }),
      },
      { description: 'What to do, and why.' },
    ),
  },
  { title: 'Quality', description: 'How good the answers of a task are.' },
);

export const ReviewQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'Most predictions to review.' }),
    ),
  },
  closed,
);

const kept = {
  id: Type.String({ description: 'The id of the prediction.' }),
  object: objectName('prediction'),
  adaptation: Type.String({ description: 'The id of the adaptation that answered.' }),
  kind: oneOf(CONTENT_KINDS, { description: 'The kind of the input.' }),
  label: Type.Optional(
    nullable(Type.String(), {
      description: 'For classification: the answered label; null for "none of these".',
    }),
  ),
  best: Type.Optional(Type.String({ description: 'If `label` is null: the label that it would have had.' })),
  probabilities: Type.Optional(
    mapOf(Type.Number(), { description: 'For classification: the probability of every label.' }),
  ),
  value: Type.Optional(
    Type.Unknown({ description: 'For regression: the predicted number, or numbers in nested arrays.' }),
  ),
  novelty: nullable(Type.Number(), {
    description:
      'From 0 to 1: how unlike the examples the input is, as in `predict`. Null if that is not known.',
  }),
  hasFeedback: Type.Boolean({ description: 'Whether it has feedback.' }),
  createdAt: time('When it was predicted'),
  expiresAt: time('When it expires'),
  content: Type.String({
    description: 'The URL of its input, relative to that of this answer. The call needs the key, too.',
    examples: ['predictions/prd_0123456789abcdef0123456789abcdef01234567/content'],
  }),
  thumbnail: Type.Optional(Type.String({ description: 'For pictures: the URL of a small WebP.' })),
};

export const Kept = Type.Object(kept, {
  title: 'KeptPrediction',
  description: 'A prediction that the task keeps, without its input.',
});

export const Review = Type.Object(
  {
    object: objectName('list'),
    data: Type.Array(
      Type.Object(
        {
          ...kept,
          reasons: Type.Array(oneOf(REVIEW_REASONS), {
            description:
              'The reasons why a label for it would help, the main reason first. `uncertain`: the two most probable labels have about the same probability. `novel`: it is unlike the examples. `rare_label`: it was predicted as a label with few examples.',
          }),
        },
        {
          title: 'SuggestedPrediction',
          description: 'A kept prediction. A label for it would improve the task much.',
        },
      ),
      { description: 'The predictions to label, the most useful first.' },
    ),
  },
  { title: 'Review', description: 'What to label next.' },
);

/** `folder` is the URL of the predictions of the task, relative to that of the answer. */
export function keptBody(prediction: KeptPrediction, folder: string): Static<typeof Kept> {
  const { content: _, hasFeedback, ...rest } = prediction;
  const base = `${folder}${rest.id}`;
  return {
    ...rest,
    object: 'prediction',
    hasFeedback: hasFeedback === true,
    content: `${base}/content`,
    ...(rest.kind === 'image' && { thumbnail: `${base}/thumbnail` }),
  } as Static<typeof Kept>;
}

export function reviewBody(suggestions: readonly Suggestion[]): Static<typeof Review> {
  const data = suggestions.map(({ prediction, reasons }) => ({
    ...keptBody(prediction, 'predictions/'),
    reasons: [...reasons],
  }));
  return { object: 'list', data };
}

export function qualityBody(task: string, quality: QualityRecord): Static<typeof Quality> {
  const copied = <Each extends MeasuredRecord>(each: Each) => ({ ...each, interval: [...each.interval] });
  const measured = (each: MeasuredRecord | null) => each && copied(each);
  return {
    object: 'quality',
    task,
    adaptation: quality.adaptation,
    estimate: measured(quality.estimate),
    feedback: measured(quality.feedback),
    feedbackOnCurrent: measured(quality.feedbackOnCurrent),
    history: quality.history.map(copied),
    advice: quality.advice,
  };
}

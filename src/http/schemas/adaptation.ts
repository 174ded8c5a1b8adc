import { type Static, Type } from 'typebox';
import {
  ADAPTATION_STATUSES,
  type Adaptation as AdaptationRecord,
  timingsOf,
} from '../../domain/adaptation.ts';
import { Report } from './reports.ts';
import { listOf } from './shared/list.ts';
import { mapOf, nullable, objectName, oneOf } from './shared/shape.ts';
import { Warnings } from './shared/warnings.ts';

const Gate = Type.Object(
  {
    decision: oneOf(['passed', 'held', 'not_enough_data'], {
      description:
        '`held`: on the examples that both have, it is worse than the former adaptation (paired test, 5 %), so the former one still answers predictions. You can activate it. `not_enough_data`: both have fewer than 10 examples in common, so it was not held back.',
    }),
    n: Type.Integer({
      description: 'How many examples both have. Each is predicted without learning from it.',
    }),
    better: Type.Integer({ description: 'How many of these only this adaptation predicts right.' }),
    worse: Type.Integer({ description: 'How many of these only the former adaptation predicts right.' }),
    pValue: nullable(Type.Number(), {
      description:
        'If both adaptations were equally good: the probability of this many `worse` examples, or more. Null with fewer than 10 examples in common.',
    }),
  },
  { title: 'Gate', description: 'How an adaptation compared with the one that was current before.' },
);

const timing = (description: string) => nullable(Type.Number(), { description });

const HeadTried = Type.Object(
  {
    head: Type.String({ description: 'The name of the head.' }),
    estimate: Type.Number({
      description:
        'The accuracy of this head when each example is predicted by an adaptation to all others; for regression, the mean squared error. With few examples, the adaptation to all of them is better: of a class with two examples, each is predicted from only one.',
    }),
    interval: Type.Array(Type.Number(), {
      minItems: 2,
      maxItems: 2,
      description: 'The 95 % interval of the estimate: its lower and its upper end.',
      examples: [[0.55, 0.93]],
    }),
    chosen: Type.Boolean({ description: 'Whether it is used.' }),
  },
  { title: 'HeadTried', description: 'A head that the run tried: a last layer of the model.' },
);

export const Adaptation = Type.Object(
  {
    id: Type.String({
      description: 'The id: a hash of the task, the package, the settings and the examples.',
    }),
    object: objectName('adaptation'),
    task: Type.String({ description: 'The id of the task.' }),
    model: Type.String({ description: 'The package with its version.' }),
    status: oneOf(ADAPTATION_STATUSES, {
      description:
        'Whether it waits, runs or has ended, and how. `erased`: an example that it had learnt from was erased.',
    }),
    settings: Type.Object(
      {
        steps: Type.Integer({ description: 'The number of steps.' }),
        rate: Type.Number({ description: 'The size of a step.' }),
        seed: Type.Integer({ description: 'A part of the id. It does not change the result.' }),
        robust: Type.Optional(
          Type.Boolean({ description: 'Whether examples that the others contradict count for less.' }),
        ),
      },
      {
        description: 'The settings of the adaptation, also those that the request did not name.',
      },
    ),
    support: Type.Object(
      {
        examples: Type.Integer({ description: 'The number of examples.' }),
        labels: Type.Optional(
          mapOf(Type.Integer(), { description: 'For classification: the number of examples of each label.' }),
        ),
        digest: Type.String({ description: 'A hash of the examples and their labels.' }),
      },
      { description: 'The examples that it learns from (the support set).' },
    ),
    progress: Type.Object(
      {
        step: Type.Integer({ description: 'The steps that are done.' }),
        steps: Type.Integer({ description: 'All steps.' }),
      },
      { description: 'How far it is.' },
    ),
    warnings: Warnings,
    selection: nullable(Type.Array(HeadTried), {
      description:
        'The heads that the run tried on the examples. Null until it has succeeded, for packages with one head, and if no example could be left out (one example of each label).',
    }),
    report: nullable(Report, {
      description:
        'The quality of this adaptation, estimated from its examples. Null until it is computed: before the end for packages without steps and at most 200 examples, otherwise after the end, as soon as the process runs no adaptation, or ten seconds later; for an adaptation of an earlier version, soon after the first read.',
    }),
    gate: nullable(Gate, {
      description:
        'For `readapt` and feedback: how it compared with the adaptation that was the current one. Null if it was not compared.',
    }),
    losses: Type.Array(Type.Number(), {
      description: 'The error of the model on your examples (the loss), measured before each step.',
    }),
    timings: Type.Object(
      {
        queuedMs: timing('Milliseconds from its acceptance to its start; null before it starts.'),
        runMs: timing('Milliseconds from its start to its end; null before it ends.'),
      },
      { description: 'How long it took.' },
    ),
    executionProvider: nullable(Type.String(), {
      description: 'The hardware that ran the adaptation, such as `cpu`; null before it runs.',
    }),
    createdAt: Type.String({ description: 'When it was accepted, in UTC (RFC 3339).' }),
    startedAt: nullable(Type.String(), { description: 'When it started; null before.' }),
    endedAt: nullable(Type.String(), { description: 'When it ended; null before.' }),
    error: nullable(
      Type.Object({
        code: Type.String({ description: 'The code of the error, as in problems.' }),
        message: Type.String({ description: 'An explanation, for people.' }),
      }),
      { description: 'Why it failed; null if it has not.' },
    ),
  },
  {
    title: 'Adaptation',
    description: 'One run of learning from the examples of a task: its progress and its result.',
  },
);
export const AdaptationList = listOf(Adaptation);

export function adaptationBody(record: AdaptationRecord): Static<typeof Adaptation> {
  const {
    id,
    task,
    model,
    status,
    settings,
    support,
    warnings,
    losses,
    createdAt,
    startedAt,
    endedAt,
    error,
  } = record;
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
    warnings: [...warnings],
    selection: record.selection?.map((each) => ({ ...each, interval: [...each.interval] })) ?? null,
    report: record.report,
    gate: record.gate,
    losses: [...losses],
    timings: timingsOf(record),
    // Older records do not have this member.
    executionProvider: record.executionProvider ?? null,
    createdAt,
    startedAt,
    endedAt,
    error,
  };
}

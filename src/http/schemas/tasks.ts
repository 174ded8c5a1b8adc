import { type Static, Type } from 'typebox';
import { TASK_ID_PATTERN } from '../../domain/task.ts';
import type { TaskView } from '../../service/service.ts';
import { MAX_KEY_LENGTH, MAX_PAIRS, MAX_VALUE_LENGTH } from '../../service/tasks/metadata.ts';
import { ModelChoice } from './models.ts';
import { listOf } from './shared/list.ts';
import { closed, mapOf, nullable, objectName, oneOf } from './shared/shape.ts';
import { PredictionDefaults, TaskSettings } from './task-settings.ts';

export const TaskParams = Type.Object({
  task: Type.String({
    pattern: TASK_ID_PATTERN,
    description: 'The id of the task. You choose this name.',
    examples: ['requests'],
  }),
});

export const Metadata = mapOf(Type.String({ maxLength: MAX_VALUE_LENGTH }), {
  maxProperties: MAX_PAIRS,
  propertyNames: { maxLength: MAX_KEY_LENGTH },
  description: `Your own notes about the task, as at most ${MAX_PAIRS} pairs of text.`,
});

export const TaskPut = Type.Object(
  {
    model: Type.Optional(ModelChoice),
    metadata: Type.Optional(Metadata),
    ...Type.Partial(TaskSettings).properties,
    // In a body, members that are absent may also be null.
    defaults: Type.Optional({ ...PredictionDefaults, title: 'PredictionDefaultsRequest' }),
  },
  {
    title: 'TaskRequest',
    description:
      'The settings of a task. Absent settings do not change. In a new task they have their defaults.',
    ...closed,
  },
);

const Column = Type.Object(
  {
    name: Type.Union([Type.String(), Type.Integer()], {
      description: 'The name, or for rows without names the position, from 0.',
    }),
    kind: Type.String({
      description: '`number`, `category`, `date`, `text`, or `ignored` if it does not help to predict.',
    }),
  },
  { title: 'Column', description: 'A column of a table.' },
);

export const Task = Type.Object(
  {
    id: Type.String({ description: 'The name that you chose.' }),
    object: objectName('task'),
    model: Type.String({ description: 'The name of the package, or `auto` if the examples choose it.' }),
    metadata: Metadata,
    ...TaskSettings.properties,
    createdAt: Type.String({ description: 'When it was created, in UTC (RFC 3339).' }),
    current: nullable(Type.String(), {
      description: 'The id of the adaptation that answers predictions; null before one has succeeded.',
    }),
    labels: Type.Optional(
      nullable(Type.Array(Type.String()), {
        description:
          'The labels that predictions can have; null before an adaptation has succeeded. Tasks for regression do not have this member.',
      }),
    ),
    columns: Type.Optional(
      Type.Array(Column, {
        description: 'For tasks on rows of a table: the columns, as the current adaptation reads them.',
      }),
    ),
    residency: nullable(oneOf(['memory', 'cache', 'recompute']), {
      description:
        'The place where the adapted model is stored now. `memory`: in this process, which is the fastest. `cache`: in a cache, and the next prediction loads it first. `recompute`: it is not stored, so the next prediction first computes it again from the examples. Null before an adaptation has succeeded.',
    }),
    stale: Type.Boolean({
      description:
        'Whether examples were added by feedback, relabelled or erased after the current adaptation was accepted. `readapt` then adapts to the examples as they are now.',
    }),
  },
  {
    title: 'Task',
    description:
      'A problem of yours to solve: its settings, and the adaptation that answers its predictions.',
  },
);
export const TaskList = listOf(Task);

export function taskBody({
  id,
  model,
  metadata,
  packageUpdates,
  monitor,
  keep,
  memory,
  defaults,
  createdAt,
  current,
  labels,
  columns,
  residency,
  stale,
}: TaskView): Static<typeof Task> {
  return {
    id,
    object: 'task',
    model,
    metadata,
    packageUpdates,
    monitor,
    keep: keep && { ...keep },
    memory: memory && { ...memory },
    defaults: { ...defaults },
    createdAt,
    current,
    ...(labels !== undefined && { labels: labels && [...labels] }),
    ...(columns && { columns: columns.map(({ name, kind }) => ({ name, kind })) }),
    residency,
    stale,
  };
}

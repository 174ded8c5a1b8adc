import { type Static, Type } from 'typebox';
import { PACKAGE_UPDATES, TASK_ID_PATTERN } from '../../domain/task.ts';
import type { TaskView } from '../../service/service.ts';
import { listOf } from './list.ts';
import { ModelChoice } from './models.ts';
import { closed, mapOf, nullable, oneOf } from './shape.ts';

export const TaskParams = Type.Object({
  task: Type.String({
    pattern: TASK_ID_PATTERN,
    description: 'The id of the task. You choose this name.',
    examples: ['wave'],
  }),
});

export const Metadata = mapOf(Type.String({ maxLength: 512 }), {
  maxProperties: 16,
  propertyNames: { maxLength: 64 },
  description: 'Your own notes about the task, as at most 16 pairs of text.',
});

const PackageUpdates = oneOf(PACKAGE_UPDATES, {
  description:
    'What happens when another version of the package is installed. `pin` (default): the task stays with its version until `readapt`. `follow`: the task is adapted to the new version in the background; its version answers until then.',
});

export const TaskPut = Type.Object(
  {
    model: Type.Optional(ModelChoice),
    metadata: Type.Optional(Metadata),
    packageUpdates: Type.Optional(PackageUpdates),
  },
  { ...closed, examples: [{ model: 'sinusoid-maml', metadata: { customer: '42' } }] },
);

const Column = Type.Object({
  name: Type.Union([Type.String(), Type.Integer()], {
    description: 'The name, or for rows without names the position, from 0.',
  }),
  kind: Type.String({
    description: '`number`, `category`, `date`, `text`, or `ignored` if it does not help to predict.',
  }),
});

export const Task = Type.Object({
  id: Type.String(),
  object: Type.Literal('task'),
  model: Type.String(),
  metadata: Metadata,
  packageUpdates: PackageUpdates,
  createdAt: Type.String(),
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
});
export const TaskList = listOf(Task);

export function taskBody({
  id,
  model,
  metadata,
  packageUpdates,
  createdAt,
  current,
  labels,
  columns,
  residency,
}: TaskView): Static<typeof Task> {
  return {
    id,
    object: 'task',
    model,
    metadata,
    packageUpdates,
    createdAt,
    current,
    ...(labels !== undefined && { labels: labels && [...labels] }),
    ...(columns && { columns: columns.map(({ name, kind }) => ({ name, kind })) }),
    residency,
  };
}

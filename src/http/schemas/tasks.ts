import { type Static, Type } from 'typebox';
import { TASK_ID_PATTERN } from '../../domain/task.ts';
import type { TaskView } from '../../service/service.ts';
import { listOf } from './list.ts';
import { closed, mapOf, nullable, oneOf } from './shape.ts';

export const TaskParams = Type.Object({
  task: Type.String({
    pattern: TASK_ID_PATTERN,
    description: 'The id of the task: a name of your choice.',
    examples: ['wave'],
  }),
});

export const ModelName = Type.String({
  minLength: 1,
  maxLength: 128,
  description: 'Name of a package, with its version or without: `sinusoid-maml` or `sinusoid-maml@1.0.0`.',
});

export const Metadata = mapOf(Type.String({ maxLength: 512 }), {
  maxProperties: 16,
  propertyNames: { maxLength: 64 },
  description: 'Notes of your own, at most 16 pairs.',
});

export const TaskPut = Type.Object(
  { model: Type.Optional(ModelName), metadata: Type.Optional(Metadata) },
  { ...closed, examples: [{ model: 'sinusoid-maml', metadata: { customer: '42' } }] },
);

export const Task = Type.Object({
  id: Type.String(),
  object: Type.Literal('task'),
  model: Type.String(),
  metadata: Metadata,
  createdAt: Type.String(),
  current: nullable(Type.String(), { description: 'The adaptation that answers predictions.' }),
  labels: Type.Optional(
    nullable(Type.Array(Type.String()), {
      description: 'The labels that predictions can answer; null until adapted, absent for regression.',
    }),
  ),
  residency: nullable(oneOf(['memory', 'cache', 'recompute']), {
    description:
      'Where the adapted state is kept at the moment. `recompute`: nowhere; the next prediction computes it again from the support set.',
  }),
});
export const TaskList = listOf(Task);

export function taskBody({
  id,
  model,
  metadata,
  createdAt,
  current,
  labels,
  residency,
}: TaskView): Static<typeof Task> {
  return {
    id,
    object: 'task',
    model,
    metadata,
    createdAt,
    current,
    ...(labels !== undefined && { labels: labels && [...labels] }),
    residency,
  };
}

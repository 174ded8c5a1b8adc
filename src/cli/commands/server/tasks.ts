import type { Task } from '../../../client/index.ts';
import { InnerloopError } from '../../../errors.ts';
import type { CliContext } from '../../context.ts';
import { minuteOf } from '../../display/minute.ts';
import { answer } from '../../display/output.ts';
import { formatTable } from '../../display/table.ts';
import { type ArgsDef, type Command, defineCommand, jsonArgument } from '../../parser/command.ts';
import { connect, serverArguments } from '../../server/connection.ts';

const args = {
  task: { type: 'positional', description: 'Show this task', complete: 'nothing' },
  delete: {
    type: 'boolean',
    description: 'Delete the task, its examples and its adaptations. This cannot be undone',
  },
  ...serverArguments,
  ...jsonArgument,
} as const satisfies ArgsDef;

/** `innerloop tasks [name]`: the tasks of the key's tenant. */
export function tasksCommand(context: CliContext): Command {
  return defineCommand({
    examples: ['innerloop tasks', 'innerloop tasks fruit', 'innerloop tasks fruit --delete'],
    args,
    async run({ args: given }) {
      const client = connect(given, context);
      const { task, json, delete: isDelete } = given;
      if (task === undefined) {
        if (isDelete) throw new InnerloopError('invalid_request', 'Expected a task to delete; see --help');
        const all: Task[] = [];
        for await (const each of client.tasks.list(context)) all.push(each);
        return answer(context, json, all, () => (all.length === 0 ? 'There are no tasks' : table(all)));
      }
      if (isDelete) {
        await client.tasks.delete(task, context);
        return answer(context, json, { id: task, deleted: true }, () => `Task ${task} is deleted`);
      }
      const one = await client.tasks.get(task, context);
      answer(context, json, one, () => details(one));
    },
  });
}

const table = (tasks: readonly Task[]) =>
  formatTable(
    ['task', 'package', 'labels', 'created (UTC)'],
    tasks.map(({ id, model, labels, createdAt, current }) => [
      id,
      model,
      current === null ? 'not adapted' : labels ? `${labels.length}` : '-',
      minuteOf(createdAt),
    ]),
  );

function details({ id, model, current, labels, createdAt }: Task): string {
  return [
    `task        ${id}`,
    `package     ${model}`,
    `labels      ${labels ? labels.join(', ') : '-'}`,
    `adaptation  ${current ?? 'none has succeeded'}`,
    `created     ${minuteOf(createdAt)} UTC`,
  ].join('\n');
}

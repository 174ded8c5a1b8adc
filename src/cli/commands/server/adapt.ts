import { type Adaptation, succeeded } from '../../../client/index.ts';
import type { CliContext } from '../../context.ts';
import { createLateProgress } from '../../display/late-progress.ts';
import { answer } from '../../display/output.ts';
import { withoutControls } from '../../display/without-controls.ts';
import { type ArgsDef, type Command, defineCommand, jsonArgument } from '../../parser/command.ts';
import { connect, contentOf, serverArguments } from '../../server/connection.ts';
import { watched } from '../../server/file-body.ts';
import { cancelWhenInterrupted, followed } from '../../server/follow.ts';
import { wordsOf } from '../../server/record.ts';
import { examplesAt } from '../../server/sources.ts';
import { slugOf } from '../../slug.ts';

const args = {
  examples: {
    type: 'positional',
    description:
      'Folder with a subfolder of files for each label, a .zip of such a folder, a table (.csv, .tsv), or examples as lines of JSON (.ndjson, .jsonl)',
    required: true,
  },
  task: {
    type: 'string',
    valueHint: 'name',
    description: 'Task to teach. It is created if there is none (default: the name of the folder or file)',
    complete: 'nothing',
  },
  model: {
    type: 'string',
    valueHint: 'package',
    description: 'Package of a new task (default: chosen by the kind of the examples)',
    complete: 'nothing',
  },
  target: {
    type: 'string',
    valueHint: 'column',
    description: 'For tables: the column to predict',
    complete: 'nothing',
  },
  append: {
    type: 'boolean',
    description: 'Add to the examples that the task has, instead of replacing them',
  },
  detach: { type: 'boolean', description: 'Do not wait until it has learned' },
  ...serverArguments,
  ...jsonArgument,
} as const satisfies ArgsDef;

/** Of files with many examples. */
const ENDING = /\.(zip|csv|tsv|ndjson|jsonl)$/i;

/** `innerloop adapt <folder>`: send examples, follow the adaptation, print what was learned. */
export function adaptCommand(context: CliContext): Command {
  return defineCommand({
    examples: [
      'innerloop adapt photos --task fruit',
      'innerloop adapt customers.csv --target stays --task customers',
    ],
    args,
    async run({ args: given }) {
      const client = connect(given, context);
      const { examples: path, detach, append, json, model, target } = given;
      const task = given.task ?? slugOf(path.replace(ENDING, ''), '--task');
      const { body, noun } = await examplesAt(path);
      const { stderr, clock, signal } = context;
      const upload = createLateProgress({ name: 'sending, kB', stream: stderr, clock });
      const total = kilobytes(body.length);
      const shown = watched(body, (sent) => upload.update({ done: kilobytes(sent), total, notes: [] }));
      let record: Adaptation;
      try {
        const teaching = {
          support: contentOf(shown),
          ...(model !== undefined && { model }),
          ...(target !== undefined && { target }),
          ...(append && { mode: 'append' as const }),
        };
        record = await client.adapt(task, teaching, { wait: false, signal });
      } finally {
        upload.stop();
      }
      if (!detach) {
        await using _ = cancelWhenInterrupted(client, record, context);
        record = await followed(client, record, context);
      }
      for (const { detail } of record.warnings) stderr.write(withoutControls(`Note: ${detail}\n`));
      const { status } = record;
      if (json && (status === 'failed' || status === 'cancelled')) answer(context, true, record, () => '');
      if (!detach) succeeded(record);
      answer(context, json, record, () =>
        status === 'succeeded' ? wordsOf(record, noun) : `Accepted: adaptation ${record.id} of task ${task}`,
      );
    },
  });
}

const kilobytes = (bytes: number) => Math.ceil(bytes / 1000);

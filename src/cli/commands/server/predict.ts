import { InnerloopError } from '../../../errors.ts';
import type { CliContext } from '../../context.ts';
import { createLateProgress } from '../../display/late-progress.ts';
import { answer } from '../../display/output.ts';
import { withoutControls } from '../../display/without-controls.ts';
import { type ArgsDef, type Command, defineCommand, jsonArgument } from '../../parser/command.ts';
import { connect, contentOf, serverArguments } from '../../server/connection.ts';
import { type Answered, wordsOfPredictions } from '../../server/predictions.ts';
import { type Batch, INPUT_FORMATS, inputsOf, textInputs } from '../../server/questions.ts';

const args = {
  inputs: {
    type: 'positional',
    description:
      'Files or folders of pictures, sounds or texts; one table (.csv, .ndjson) or one .zip; - is the standard input',
    required: true,
    many: true,
  },
  task: {
    type: 'string',
    valueHint: 'name',
    description: 'Task that predicts. `innerloop tasks` lists the tasks',
    complete: 'nothing',
  },
  text: { type: 'boolean', description: 'The arguments are texts, not files' },
  format: {
    type: 'enum',
    options: INPUT_FORMATS,
    description:
      'Format of the standard input or the file (default: by its name or its first bytes; lines of the standard input are texts)',
  },
  adaptation: {
    type: 'string',
    valueHint: 'id',
    description: 'Adaptation of the task that predicts (default: the current one)',
    complete: 'nothing',
  },
  ...serverArguments,
  ...jsonArgument,
} as const satisfies ArgsDef;

/** `innerloop predict --task t <file…>`: a label or a value for each input. */
export function predictCommand(context: CliContext): Command {
  return defineCommand({
    examples: [
      'innerloop predict --task fruit photo.jpg',
      'innerloop predict --task requests --text "Somebody took my card"',
    ],
    args,
    async run({ args: given }) {
      const { task, text, format, adaptation, json, inputs } = given;
      const client = connect(given, context);
      if (task === undefined)
        throw new InnerloopError(
          'invalid_request',
          'Expected --task, the name of a task; `innerloop tasks` lists them',
        );
      if (text && format !== undefined)
        throw new InnerloopError('invalid_request', 'Expected --text or --format, got both');
      const batches: readonly Batch[] = text ? [textInputs(inputs)] : await inputsOf(inputs, format, context);
      const { stderr, clock, signal } = context;
      const options = { signal, ...(adaptation !== undefined && { adaptation }) };
      const display = createLateProgress({ name: 'predicting, part', stream: stderr, clock });
      const answers: Answered[] = [];
      try {
        for (const [i, { body, names }] of batches.entries()) {
          display.update({ done: i, total: batches.length, notes: [] });
          const part = await client.predict(task, contentOf(body), options);
          const predictions = part.predictions.map((each, n) => ({
            input: names(n, each.filename),
            ...each,
          }));
          answers.push({ ...part, predictions });
          display.update({ done: i + 1, total: batches.length, notes: [] });
        }
      } finally {
        display.stop();
      }
      const predictions = answers.flatMap((each) => each.predictions);
      for (const { input, warnings } of predictions)
        for (const { detail } of warnings) stderr.write(withoutControls(`Note: ${input}: ${detail}\n`));
      answer(context, json, { ...answers[0], predictions }, () => wordsOfPredictions(predictions));
    },
  });
}

import type { Model } from '../../../client/index.ts';
import type { CliContext } from '../../context.ts';
import { answer } from '../../display/output.ts';
import { formatTable } from '../../display/table.ts';
import { type ArgsDef, type Command, defineCommand, jsonArgument } from '../../parser/command.ts';
import { connect, serverArguments } from '../../server/connection.ts';

const args = {
  model: {
    type: 'positional',
    description: 'Show this package, with its measured accuracy',
    complete: 'nothing',
  },
  ...serverArguments,
  ...jsonArgument,
} as const satisfies ArgsDef;

/** `innerloop models [name]`: the packages that a server has. */
export function modelsCommand(context: CliContext): Command {
  return defineCommand({
    examples: ['innerloop models', 'innerloop models photos'],
    args,
    async run({ args: given }) {
      const client = connect(given, context);
      const { model, json } = given;
      if (model !== undefined) {
        const one = await client.models.get(model, context);
        return answer(context, json, one, () => details(one));
      }
      const all = await client.models.list(context);
      answer(context, json, all, () =>
        all.length === 0
          ? 'The server has no packages'
          : formatTable(
              ['package', 'version', 'state', 'description'],
              all.map((each) => [each.name, each.version, stateOf(each), firstSentence(each.description)]),
            ),
      );
    },
  });
}

const firstSentence = (text: string) => /^.*?[.:](?=\s|$)/.exec(text)?.[0].slice(0, -1) ?? text;

/** `ready`, or the command that gets the missing encoder. */
const stateOf = ({ status, command }: Model) =>
  status === 'ready' ? 'ready' : (command ?? 'needs an encoder');

function details(model: Model): string {
  const { name, version, description, algorithm, task, metrics, command } = model;
  const rows = metrics.map(({ dataset, ways, shots, name: metric, value }) => [
    dataset,
    `${ways === undefined ? '' : `${ways}-way `}${shots}-shot`,
    metric,
    metric === 'accuracy' ? `${(value * 100).toFixed(2)} %` : value.toPrecision(3),
  ]);
  return [
    `${name} ${version}: ${algorithm}, for ${task}`,
    description,
    command === undefined ? `State: ${stateOf(model)}` : `State: needs an encoder. To get it: ${command}`,
    ...(rows.length > 0 ? ['', formatTable(['measured on', 'episodes', 'measure', 'result'], rows)] : []),
  ].join('\n');
}

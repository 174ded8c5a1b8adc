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
              all.map(({ name, version, status, command, description }) => [
                name,
                version,
                status === 'ready' ? 'ready' : (command ?? 'needs an encoder'),
                firstSentence(description),
              ]),
            ),
      );
    },
  });
}

const firstSentence = (text: string) => /^.*?[.:](?=\s|$)/.exec(text)?.[0].slice(0, -1) ?? text;

function details({ name, version, description, algorithm, task, metrics }: Model): string {
  const rows = metrics.map(({ dataset, ways, shots, name: metric, value }) => [
    dataset,
    `${ways === undefined ? '' : `${ways}-way `}${shots}-shot`,
    metric,
    metric === 'accuracy' ? `${(value * 100).toFixed(2)} %` : value.toPrecision(3),
  ]);
  return [
    `${name} ${version}: ${algorithm}, for ${task}`,
    description,
    ...(rows.length > 0 ? ['', formatTable(['measured on', 'episodes', 'measure', 'result'], rows)] : []),
  ].join('\n');
}

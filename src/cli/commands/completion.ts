import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { type Words, wordsOfCommand } from '../completion/words.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { CliContext } from '../context.ts';
import { defineSubCommand, type Group, isGroup } from '../parser/command.ts';
import type { Catalogue } from '../parser/listed.ts';

const SHELLS = {
  bash: {
    write: bashCompletion,
    description: 'Print the completion for bash',
    example: 'innerloop completion bash >> ~/.bash_completion',
  },
  zsh: {
    write: zshCompletion,
    description: 'Print the completion for zsh',
    example: 'innerloop completion zsh > "$fpath[1]/_innerloop"',
  },
  fish: {
    write: fishCompletion,
    description: 'Print the completion for fish',
    example: 'innerloop completion fish > ~/.config/fish/completions/innerloop.fish',
  },
};

/** `innerloop completion bash | zsh | fish`. It is made from the declarations of the commands. */
export function completionCommand(context: CliContext, catalogue: Catalogue): Group {
  const subCommands = Object.entries(SHELLS).map(([shell, { write, description, example }]) => [
    shell,
    defineSubCommand({
      description,
      examples: [example],
      args: {},
      async run() {
        context.stdout.write(write(await wordsOfAll(context, catalogue)));
      },
    }),
  ]);
  return { subCommands: Object.fromEntries(subCommands) };
}

/** The words after `innerloop`, and after each command. */
async function wordsOfAll(context: CliContext, catalogue: Catalogue): Promise<readonly Words[]> {
  const help = { name: '--help', description: 'Print help', value: null };
  const version = { name: '--version', description: 'Print the version', value: null };
  const commands = Object.entries(catalogue).map(([name, { description }]) => ({ name, description }));
  const below = await Promise.all(
    Object.entries(catalogue).map(async ([name, { load }]): Promise<readonly Words[]> => {
      const loaded = await load(context);
      if (!isGroup(loaded)) return [wordsOfCommand(name, loaded)];
      const inner = Object.entries(loaded.subCommands);
      const names = inner.map(([each, { description }]) => ({ name: each, description }));
      return [
        { after: name, commands: names, options: [help], argument: 'nothing' },
        ...inner.map(([each, command]) => wordsOfCommand(`${name} ${each}`, command)),
      ];
    }),
  );
  return [{ after: '', commands, options: [help, version], argument: 'nothing' }, ...below.flat()];
}

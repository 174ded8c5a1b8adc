import type { Argument, Command, Completion } from '../parser/command.ts';

/** The completions of a command line after some words. */
export interface Words {
  /** `keys create`; empty for `innerloop` itself. */
  readonly after: string;
  /** Commands, with their descriptions. */
  readonly commands: readonly Described[];
  readonly options: readonly OptionWords[];
  /** For arguments that are not options. */
  readonly argument: Completion;
}

export interface Described {
  readonly name: string;
  readonly description: string;
}

export interface OptionWords extends Described {
  /** What follows the option; null for a switch. */
  readonly value: Completion | null;
}

export function wordsOfCommand(after: string, { args }: Command): Words {
  const entries = Object.entries(args);
  const positional = entries.find(([, { type }]) => type === 'positional')?.[1];
  const options = entries.flatMap(([name, argument]) =>
    argument.type === 'positional'
      ? []
      : [{ name: `--${name}`, description: argument.description, value: offeredValue(argument) }],
  );
  const help = { name: '--help', description: 'Print help', value: null };
  return {
    after,
    commands: [],
    options: [...options, help],
    argument: positional === undefined ? 'nothing' : (offeredValue(positional) ?? 'files'),
  };
}

function offeredValue(argument: Argument): Completion | null {
  if (argument.type === 'boolean') return null;
  if (argument.type === 'enum') return argument.options;
  return argument.complete ?? 'files';
}

/** An argument or an option of a command. The parser, `--help`, the completions and docs/command-line.md read it. */
export type Argument =
  | {
      readonly type: 'positional';
      readonly description: string;
      readonly required?: boolean;
      /** Takes any number of arguments; only the last one may. */
      readonly many?: boolean;
      readonly complete?: Completion;
    }
  | {
      readonly type: 'string';
      readonly description: string;
      readonly valueHint?: string;
      readonly complete?: Completion;
    }
  | { readonly type: 'boolean'; readonly description: string }
  | {
      readonly type: 'enum';
      readonly description: string;
      readonly options: readonly string[];
      readonly default?: string;
    };

/** What a shell offers for a value. Default: files. */
export type Completion = 'files' | 'nothing' | readonly string[];

/** By name: `{ seed: { type: 'string', … } }` is `--seed`. */
export type ArgsDef = Readonly<Record<string, Argument>>;

type ValueOf<A extends Argument> = A extends { readonly many: true }
  ? readonly string[]
  : A extends { readonly type: 'boolean' }
    ? boolean
    : A extends { readonly type: 'enum'; readonly options: readonly (infer Word)[] }
      ? Word
      : string;

type Always = { readonly required: true } | { readonly many: true } | { readonly default: string };
type AlwaysKeys<Args extends ArgsDef> = {
  [Name in keyof Args]: Args[Name] extends Always ? Name : never;
}[keyof Args];

/** The values of a command line. An option that was not given is not a member. */
export type Given<Args extends ArgsDef> = {
  readonly [Name in AlwaysKeys<Args>]: ValueOf<Args[Name]>;
} & {
  readonly [Name in Exclude<keyof Args, AlwaysKeys<Args>>]?: ValueOf<Args[Name]> | undefined;
};

/** A command that runs. */
export interface Command<Args extends ArgsDef = ArgsDef> {
  /** Command lines that work, the most useful one first. */
  readonly examples: readonly string[];
  readonly args: Args;
  run(given: { readonly args: Given<Args> }): Promise<void>;
}

/** A command below another word. The catalogue describes the others. */
export interface SubCommand<Args extends ArgsDef = ArgsDef> extends Command<Args> {
  readonly description: string;
}

/** A word with commands below it, such as `keys`. */
export interface Group {
  readonly subCommands: Readonly<Record<string, SubCommand>>;
}

/** Checks the types of a command. The result has no types of the arguments. */
export function defineCommand<const Args extends ArgsDef>(command: Command<Args>): Command {
  return command as unknown as Command;
}

/** The same for a command of a group. */
export function defineSubCommand<const Args extends ArgsDef>(command: SubCommand<Args>): SubCommand {
  return command as unknown as SubCommand;
}

export const isGroup = (command: Command | Group): command is Group => 'subCommands' in command;

/** Each command below `name` with its words: `keys create`. */
export function leavesOf(
  name: string,
  command: Command | Group,
): readonly { readonly words: string; readonly command: Command }[] {
  if (!isGroup(command)) return [{ words: name, command }];
  return Object.entries(command.subCommands).map(([inner, each]) => ({
    words: `${name} ${inner}`,
    command: each,
  }));
}

/** The option that every command with an answer has. */
export const jsonArgument = {
  json: { type: 'boolean', description: 'Print the answer as JSON instead of text' },
} as const satisfies ArgsDef;

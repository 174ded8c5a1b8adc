import { Command as Parser } from 'commander';
import type { OutputStream } from '../context.ts';
import { type ArgsDef, type Argument, type Command, type Given, type Group, isGroup } from './command.ts';
import { optionValue } from './values.ts';

/** A command as the list of commands shows it, with its declaration if that is loaded. */
export interface Entry {
  readonly name: string;
  readonly description: string;
  readonly heading: string;
  readonly command?: Command | Group;
}

export interface ProgramOptions {
  readonly version: string;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Whether texts on this stream may have colours. */
  readonly hasColours: (stream: OutputStream) => boolean;
}

/**
 * The parser of `innerloop`. It throws `CommanderError` instead of ending the process, and writes no error itself.
 */
export function program(entries: readonly Entry[], options: ProgramOptions): Parser {
  const root = configured(new Parser('innerloop'), options)
    .description('Teach models with a few examples: serve them, use them, and make your own')
    .version(options.version, '-v, --version', 'Print the version')
    .helpOption('-h, --help', 'Print help')
    .helpCommand(false)
    .usage('<command> [arguments] [options]')
    .addHelpText('after', '\nHelp for a command, with an example: innerloop <command> --help');
  for (const { name, description, heading, command } of entries) {
    const parser = configured(new Parser(name), options).helpGroup(heading);
    if (command && isGroup(command)) fillGroup(parser, command, options);
    else if (command) fill(parser, command);
    root.addCommand(parser.description(description));
  }
  return root;
}

const BOLD = ['\u001b[1m', '\u001b[22m'] as const;

function configured(parser: Parser, { stdout, stderr, hasColours }: ProgramOptions): Parser {
  return parser
    .helpOption('-h, --help', 'Print help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // The caller writes errors.
      outputError: () => undefined,
      getOutHasColors: () => hasColours(stdout),
      getErrHasColors: () => hasColours(stderr),
      getOutHelpWidth: () => widthOf(stdout),
      getErrHelpWidth: () => widthOf(stderr),
    })
    .configureHelp({ styleTitle: (title) => BOLD.join(title) });
}

/** The width of a terminal. In pipes it is the line width of this project's documents, so that the text is always the same. */
const widthOf = (stream: OutputStream) =>
  (stream.isTTY && 'columns' in stream && Number(stream.columns)) || 120;

function fillGroup(parser: Parser, group: Group, options: ProgramOptions): void {
  parser.helpCommand(false);
  for (const [name, command] of Object.entries(group.subCommands)) {
    const inner = configured(new Parser(name), options).description(command.description);
    parser.addCommand(fill(inner, command));
  }
}

function fill(parser: Parser, { args, examples, run }: Command): Parser {
  const entries = Object.entries(args);
  const positionals = entries.filter(([, { type }]) => type === 'positional');
  for (const [name, argument] of positionals)
    parser.argument(shownPositional(name, argument), argument.description);
  for (const [name, argument] of entries) addOption(parser, name, argument);
  const heading = examples.length === 1 ? 'Example' : 'Examples';
  parser.addHelpText('after', `\n${heading}:\n${examples.map((each) => `  ${each}`).join('\n')}`);
  return parser.action(async () => {
    const values = Object.fromEntries(
      positionals.flatMap(([name], i) => {
        const value: unknown = parser.processedArgs[i];
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const options: Readonly<Record<string, unknown>> = parser.opts();
    const byName = Object.fromEntries(
      parser.options.flatMap((option) => {
        const value = options[option.attributeName()];
        return value === undefined ? [] : [[option.name(), value]];
      }),
    );
    await run({ args: { ...byName, ...values } as Given<ArgsDef> });
  });
}

function addOption(parser: Parser, name: string, argument: Argument): void {
  if (argument.type === 'positional') return;
  const option = parser.createOption(flagsOf(name, argument), argument.description);
  if (argument.type !== 'boolean') option.argParser((value: string) => optionValue(name, argument, value));
  if (argument.type === 'enum' && argument.default !== undefined) option.default(argument.default);
  parser.addOption(option);
}

/** `--seed <seed>`, `--split <train|val|test>`, `--resume` */
export function flagsOf(name: string, argument: Argument): string {
  if (argument.type === 'boolean') return `--${name}`;
  if (argument.type === 'enum') {
    const words = argument.options.join('|');
    return `--${name} <${words.length > MAX_HINT ? name : words}>`;
  }
  return `--${name} <${('valueHint' in argument && argument.valueHint) || name}>`;
}

/** Longer lists of words stand in the description. */
const MAX_HINT = 40;

/** `<RECIPE>`, `[FILE...]` */
export function shownPositional(name: string, argument: Argument): string {
  const { required = false, many = false } = argument.type === 'positional' ? argument : {};
  const shown = `${name.toUpperCase()}${many ? '...' : ''}`;
  return required ? `<${shown}>` : `[${shown}]`;
}

import { stripVTControlCharacters } from 'node:util';
import {
  type ArgsDef,
  type CommandDef,
  type CommandMeta,
  defineCommand,
  renderUsage,
  runCommand,
} from 'citty';
import { type ErrorCode, InnerloopError } from '../errors.ts';
import { isSystemError, reasonOf } from '../package/files.ts';
import type { CliContext, OutputStream } from './context.ts';

/**
 * 0: success. 1: the command failed, for example because of a file, a folder or the machine. 2: the command line is
 * wrong. 130: interrupted (128 + SIGINT, as shells count).
 */
export type ExitCode = 0 | 1 | 2 | 130;

/**
 * `innerloop <command> …`. The module of a command is loaded when the command is called. Each error becomes a message
 * on stderr and an exit code.
 */
export async function runCli(rawArgs: readonly string[], context: CliContext): Promise<ExitCode> {
  const commands = {
    train: command(async () => (await import('./commands/train.ts')).trainCommand(context)),
    evaluate: command(async () => (await import('./commands/evaluate.ts')).evaluateCommand(context)),
    import: command(async () => (await import('./commands/import.ts')).importCommand(context)),
    encoders: command(async () => (await import('./commands/encoders.ts')).encodersCommand(context)),
    keys: command(async () => (await import('./commands/keys.ts')).keysCommand(context)),
  };
  const meta = {
    name: 'innerloop',
    version: context.version,
    description: 'Train and evaluate few-shot models, and manage the encoders and API keys of the service',
  };
  const innerloop = defineCommand({
    meta,
    subCommands: {
      train: commands.train.load,
      evaluate: commands.evaluate.load,
      import: commands.import.load,
      encoders: commands.encoders.load,
      keys: commands.keys.load,
    },
  });
  // `innerloop help train` is `innerloop train --help`.
  const [name, ...rest] = rawArgs[0] === 'help' ? [...rawArgs.slice(1), '--help'] : rawArgs;
  try {
    if (name === '--version' || name === '-v') return say(context.stdout, context.version, 0);
    if (isHelp(name)) return say(context.stdout, await renderUsage(innerloop), 0);
    if (name === undefined || !Object.hasOwn(commands, name)) {
      const usage = await renderUsage(innerloop);
      const problem = name === undefined ? '' : `\n\ninnerloop: Unknown command ${name}`;
      return say(context.stderr, usage + problem, 2);
    }
    const chosen = commands[name as keyof typeof commands];
    if (rest.some(isHelp)) return say(context.stdout, await chosen.usage(meta, rest), 0);
    await chosen.run(rest);
    return 0;
  } catch (error) {
    if (context.signal.aborted) return say(context.stderr, 'innerloop: interrupted', 130);
    return say(context.stderr, `innerloop: ${describe(error)}`, isUsageError(error) ? 2 : 1);
  }
}

/** A command whose module is loaded when it is needed. */
function command<Args extends ArgsDef>(load: () => Promise<CommandDef<Args>>) {
  return {
    load,
    async run(rawArgs: string[]) {
      const loaded = await load();
      if (loaded.subCommands === undefined) return runCommand(loaded, { rawArgs });
      const [name = '', ...rest] = rawArgs;
      const inner = commandsBelow(loaded).get(name);
      if (inner !== undefined) return runCommand(inner, { rawArgs: rest });
      const known = [...commandsBelow(loaded).keys()].join(', ');
      throw new InnerloopError('invalid_request', `Expected one of ${known}, got "${name}"; see --help`);
    },
    async usage(parent: CommandMeta, [name = '']: readonly string[]) {
      const loaded = await load();
      const inner = commandsBelow(loaded).get(name);
      if (inner === undefined) return renderUsage(loaded, { meta: parent });
      const { name: group } = loaded.meta as CommandMeta;
      return renderUsage(inner, { meta: { ...parent, name: `${parent.name} ${group}` } });
    },
  };
}

/**
 * The commands of a group such as `keys`. A map, because in a plain object names such as `constructor` would count as
 * commands.
 */
function commandsBelow<Args extends ArgsDef>({ subCommands = {} }: CommandDef<Args>) {
  return new Map(Object.entries(subCommands as Readonly<Record<string, CommandDef>>));
}

/** Removes colours if the stream is no terminal: the parser would also write them into pipes and files. */
function say(stream: OutputStream, text: string, code: ExitCode): ExitCode {
  stream.write(`${stream.isTTY ? text : stripVTControlCharacters(text)}\n`);
  return code;
}

const isHelp = (arg: string | undefined) => arg === '--help' || arg === '-h';

/**
 * Messages of our errors and of the operating system are written for users. Any other error is a bug, so its stack is
 * printed.
 */
function describe(error: unknown): string {
  if (error instanceof InnerloopError || isParserError(error)) return error.message;
  if (isSystemError(error)) return `Cannot ${error.syscall} ${error.path ?? ''}: ${reasonOf(error)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const isParserError = (error: unknown): error is Error => error instanceof Error && error.name === 'CLIError';

/** Error codes of wrong options. Errors in recipes, data and packages have other codes. */
const USAGE: ReadonlySet<ErrorCode> = new Set(['invalid_request', 'invalid_settings']);

const isUsageError = (error: unknown) =>
  isParserError(error) || (error instanceof InnerloopError && USAGE.has(error.code));

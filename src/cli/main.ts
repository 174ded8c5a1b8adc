import {
  type ArgsDef,
  type CommandDef,
  type CommandMeta,
  defineCommand,
  renderUsage,
  runCommand,
} from 'citty';
import { InnerloopError } from '../errors.ts';
import type { CliContext } from './context.ts';

/** Exit codes: 0 done, 1 failed, 2 asked for wrongly, 130 interrupted (128 + SIGINT, as shells count). */
export type ExitCode = 0 | 1 | 2 | 130;

/** `innerloop <command> …`. Commands are loaded when called; errors are said in one line and become exit codes. */
export async function runCli(rawArgs: readonly string[], context: CliContext): Promise<ExitCode> {
  const commands = {
    train: command(async () => (await import('./commands/train.ts')).trainCommand(context)),
    evaluate: command(async () => (await import('./commands/evaluate.ts')).evaluateCommand(context)),
    keys: command(async () => (await import('./commands/keys.ts')).keysCommand(context)),
  };
  const meta = {
    name: 'innerloop',
    version: context.version,
    description: 'Makes and measures models that learn, and keeps the keys of the service that runs them',
  };
  const innerloop = defineCommand({
    meta,
    subCommands: {
      train: commands.train.load,
      evaluate: commands.evaluate.load,
      keys: commands.keys.load,
    },
  });
  const [name, ...rest] = rawArgs;
  try {
    if (name === '--version') return say(context.stdout, context.version, 0);
    if (isHelp(name)) return say(context.stdout, await renderUsage(innerloop), 0);
    if (name === undefined || !Object.hasOwn(commands, name)) {
      const usage = await renderUsage(innerloop);
      const problem = name === undefined ? '' : `\n\ninnerloop: Unknown command ${name}`;
      return say(context.stderr, usage + problem, 2);
    }
    const asked = commands[name as keyof typeof commands];
    if (rest.some(isHelp)) return say(context.stdout, await asked.usage(meta, rest), 0);
    await asked.run(rest);
    return 0;
  } catch (error) {
    if (context.signal.aborted) return say(context.stderr, 'innerloop: interrupted', 130);
    return say(context.stderr, `innerloop: ${describe(error)}`, isCallersFault(error) ? 2 : 1);
  }
}

/** A command whose module is loaded when it is wanted. */
function command<Args extends ArgsDef>(load: () => Promise<CommandDef<Args>>) {
  return {
    load,
    async run(rawArgs: string[]) {
      const asked = await load();
      if (asked.subCommands === undefined) return runCommand(asked, { rawArgs });
      const [name = '', ...rest] = rawArgs;
      const inner = commandsBelow(asked).get(name);
      if (inner !== undefined) return runCommand(inner, { rawArgs: rest });
      const known = [...commandsBelow(asked).keys()].join(', ');
      throw new InnerloopError('invalid_request', `Expected one of ${known}, got "${name}"; see --help`);
    },
    async usage(parent: CommandMeta, [name = '']: readonly string[]) {
      const asked = await load();
      const inner = commandsBelow(asked).get(name);
      if (inner === undefined) return renderUsage(asked, { meta: parent });
      const { name: group } = asked.meta as CommandMeta;
      return renderUsage(inner, { meta: { ...parent, name: `${parent.name} ${group}` } });
    },
  };
}

/** Of a group, such as `keys`; the parser would take any name that objects have for one of them. */
function commandsBelow<Args extends ArgsDef>({ subCommands = {} }: CommandDef<Args>) {
  return new Map(Object.entries(subCommands as Readonly<Record<string, CommandDef>>));
}

function say(stream: NodeJS.WritableStream, text: string, code: ExitCode): ExitCode {
  stream.write(`${text}\n`);
  return code;
}

const isHelp = (arg: string | undefined) => arg === '--help' || arg === '-h';

/** Our errors are written for the caller; any other is a fault of ours, and its stack says where. */
function describe(error: unknown): string {
  if (error instanceof InnerloopError || isUsageError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What the argument parser throws. */
const isUsageError = (error: unknown): error is Error => error instanceof Error && error.name === 'CLIError';

const isCallersFault = (error: unknown) =>
  isUsageError(error) || (error instanceof InnerloopError && error.code === 'invalid_request');

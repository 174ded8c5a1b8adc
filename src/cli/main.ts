import { catalogue } from './catalogue.ts';
import type { CliContext } from './context.ts';
import { hasColours } from './display/output.ts';
import type { ExitCode } from './exit-codes.ts';
import { failureOf } from './failure.ts';
import { type Entry, program } from './parser/program.ts';

/**
 * `innerloop <command> …`. The module of a command is loaded when the command is called. Each error becomes a message
 * on stderr and an exit code.
 */
export async function runCli(rawArgs: readonly string[], context: CliContext): Promise<ExitCode> {
  // `innerloop help train` is `innerloop train --help`.
  const args = rawArgs[0] === 'help' ? [...rawArgs.slice(1), '--help'] : [...rawArgs];
  try {
    const parser = program(await entriesFor(args[0], context), {
      ...context,
      hasColours: (stream) => hasColours(stream, context.environment),
    });
    await parser.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    const { code, message } = context.signal.aborted
      ? ({ code: 130, message: 'interrupted' } as const)
      : failureOf(error);
    if (message !== '') context.stderr.write(`innerloop: ${message}\n`);
    return code;
  }
}

/** All commands. The command `name` also has its declaration. */
function entriesFor(name: string | undefined, context: CliContext): Promise<readonly Entry[]> {
  return Promise.all(
    Object.entries(catalogue).map(async ([each, { load, ...listed }]) => ({
      ...listed,
      name: each,
      ...(each === name && { command: await load(context) }),
    })),
  );
}

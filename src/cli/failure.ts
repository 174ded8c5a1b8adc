import { CommanderError } from 'commander';
import { InnerloopProblem } from '../client/index.ts';
import { type ErrorCode, InnerloopError } from '../errors.ts';
import { isSystemError, reasonOf } from '../package/files.ts';
import { withoutControls } from './display/without-controls.ts';
import type { ExitCode } from './exit-codes.ts';

export interface Failure {
  readonly code: ExitCode;
  /** For stderr; empty if the parser has printed all of it. */
  readonly message: string;
}

/** The exit code and the message of an error. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) return failureOfParser(error);
  const code = isUnreachable(error) ? 3 : isUsageError(error) ? 2 : 1;
  return { code, message: withoutControls(describe(error)) };
}

/** Errors that the parser throws after it has printed help or the version. `help`: a command without its subcommand. */
const PRINTED: Readonly<Record<string, ExitCode>> = {
  'commander.helpDisplayed': 0,
  'commander.version': 0,
  'commander.help': 2,
};

function failureOfParser({ code, message }: CommanderError): Failure {
  const printed = PRINTED[code];
  if (printed !== undefined) return { code: printed, message: '' };
  const text = message.replace(/^error: |\.$/g, '').replace(/\n\((Did you mean .*\?)\)$/, '. $1');
  const help = text.endsWith('?') ? ' See --help' : '; see --help';
  return { code: 2, message: withoutControls(`${text.charAt(0).toUpperCase()}${text.slice(1)}${help}`) };
}

/**
 * Messages of our errors and of the operating system are written for users. Any other error is a bug, so its stack is
 * printed.
 */
function describe(error: unknown): string {
  if (error instanceof InnerloopError) return error.message;
  if (error instanceof InnerloopProblem) return `${error.message}${adviceOn(error)}`;
  if (isSystemError(error)) return `Cannot ${error.syscall} ${error.path ?? ''}: ${reasonOf(error)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function adviceOn(error: InnerloopProblem): string {
  if (isUnreachable(error)) return '. Start one with `innerloop serve`, or name another with --server';
  return error.status === 401 ? '. Give a key with --key or INNERLOOP_KEY' : '';
}

const isUnreachable = (error: unknown) => error instanceof InnerloopProblem && error.code === 'no_answer';

/** Error codes of wrong options. Errors in recipes, data and packages have other codes. */
const USAGE: ReadonlySet<ErrorCode> = new Set(['invalid_request', 'invalid_settings']);

const isUsageError = (error: unknown) => error instanceof InnerloopError && USAGE.has(error.code);

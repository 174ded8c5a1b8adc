/** Reasons why Redis refuses a write. Each is the first word of an error of Redis. */
const WRITE_ERRORS = ['READONLY', 'NOREPLICAS', 'MISCONF', 'NOPERM', 'OOM'] as const;
export type WriteError = (typeof WRITE_ERRORS)[number];

/**
 * The reason of a refused write; null for other errors. Redis before 7 puts the error of a command in a script inside a
 * longer message, with a minus before the word; for a missing permission it uses another text.
 */
export function kindOfWriteError(error: unknown): WriteError | null {
  if (!(error instanceof Error)) return null;
  return (
    messagesOf(error)
      .map(kindOf)
      .find((kind) => kind !== null) ?? null
  );
}

/**
 * The messages of an error. A refused transaction has the error EXECABORT, and `previousErrors` has the error of each
 * refused command. This looks at one level only, because in an aborted pipeline these errors refer to each other.
 */
function messagesOf(error: Error): readonly string[] {
  const { previousErrors = [] } = error as Error & { previousErrors?: readonly Error[] };
  return [error, ...previousErrors].map(({ message }) => message);
}

function kindOf(message: string): WriteError | null {
  if (SCRIPT_PERMISSION.test(message)) return 'NOPERM';
  return WRITE_ERRORS.find((word) => new RegExp(`(^|-)${word} `).test(message)) ?? null;
}

const SCRIPT_PERMISSION =
  /ACL failure in script|The user executing the script can't (run this command|access at least one of the keys)/;

/** The command that Redis refused, in lower case; empty for other errors. */
export function commandOf(error: Error): string {
  const { command } = error as { command?: { name?: unknown } };
  return typeof command?.name === 'string' ? command.name.toLowerCase() : '';
}

/** Whether Redis says that it does not have a command: `rename-command` or a managed service has removed it. */
export function isUnknownCommand(message: string): boolean {
  return /^ERR unknown command/i.test(message);
}

/** The message of Redis about a command that the user may not call or that Redis does not have; null for other errors. */
export function refusalOfCommand(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  return messagesOf(error).find((each) => kindOf(each) === 'NOPERM' || isUnknownCommand(each)) ?? null;
}

/** A message for the operator when Redis refuses the connection itself; null for any other error. */
export function refusalOf(error: Error): string | null {
  const said = JSON.stringify(error.message);
  // The connection asks for INFO before it is ready.
  if (isUnknownCommand(error.message) && commandOf(error) === 'info')
    return `It does not have the command INFO, which shows whether it meets the requirements, and says ${said}: use a Redis in which rename-command has not removed it`;
  if (commandOf(error) === 'select')
    return `It refuses the database of the URL and says ${said}: use a database that exists. Many managed Redis services have only database 0`;
  if (/^WRONGPASS|^ERR invalid (password|username)|^ERR Client sent AUTH/i.test(error.message))
    return `It refuses the user name or the password of the URL and says ${said}: correct them`;
  if (error.message.startsWith('NOAUTH'))
    return `It requires a password and says ${said}: put the password into the URL, as in redis://user:password@host:6379/0`;
  if (error.message.startsWith('NOPERM'))
    return `Its user lacks a permission, and it says ${said}: grant it (ACL SETUSER)`;
  return null;
}

/** Why a Redis that answers refuses a write, by the first word of its error. */
const WRITE_ERRORS = ['READONLY', 'NOREPLICAS', 'MISCONF', 'NOPERM', 'OOM'] as const;
export type WriteError = (typeof WRITE_ERRORS)[number];

/**
 * The kind of a refused write; null for other errors. Redis before 7 puts the error that a script met inside a longer
 * message, with a minus before the word; and about permissions it then says other words.
 */
export function kindOfWriteError(error: unknown): WriteError | null {
  if (!(error instanceof Error)) return null;
  // A transaction is refused with EXECABORT, and each refused command of it with an error of its own. One level is enough,
  // and an aborted pipeline lists errors that list each other.
  const { previousErrors = [] } = error as Error & { previousErrors?: readonly Error[] };
  return (
    [error, ...previousErrors].map(({ message }) => kindOf(message)).find((kind) => kind !== null) ?? null
  );
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

/** What to tell the operator when Redis refuses the connection itself; null for any other error. */
export function refusalOf(error: Error): string | null {
  const said = JSON.stringify(error.message);
  if (commandOf(error) === 'select')
    return `It refuses the database of the URL and says ${said}: use a database that it has. Many managed Redis services have database 0 alone`;
  if (/^WRONGPASS|^ERR invalid (password|username)|^ERR Client sent AUTH/i.test(error.message))
    return `It refuses the user name or the password of the URL and says ${said}: correct them`;
  if (error.message.startsWith('NOAUTH'))
    return `It wants a password and says ${said}: put one into the URL, as in redis://user:password@host:6379/0`;
  if (error.message.startsWith('NOPERM'))
    return `Its user lacks a permission, and it says ${said}: grant it (ACL SETUSER)`;
  return null;
}

import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../../config.ts';

/** Some lines at a time. At the end of the process, and with a fatal line, all is written. */
const jsonOutput = () => pino.destination({ sync: false, minLength: 4096, periodicFlush: 100 });

/** Standard output in the format of the setting: by default for people in a terminal, and JSON otherwise. */
export async function standardOutput(
  format: Config['LOG_FORMAT'],
  isTerminal = process.stdout.isTTY,
): Promise<DestinationStream> {
  if (format === 'json' || (format === 'auto' && !isTerminal)) return jsonOutput();
  // Loaded when it is needed: a server under a supervisor starts without it.
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    sync: true,
    colorize: isTerminal,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss.l',
  });
}

/**
 * JSON lines that hold no key and no input, whatever is logged: headers are cut out, and of an error only what it
 * says of itself is kept. What libraries hang on theirs can be a caller's data, such as a command's arguments.
 */
export function createLogger(level: string, destination: DestinationStream = jsonOutput()): Logger {
  const options = {
    level,
    redact: ['headers', '*.headers', '*.*.headers'],
    serializers: { err: described },
  };
  return pino(options, destination);
}

interface Described {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: Described;
}

function described(error: unknown): Described {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    type: name,
    ...(typeof code === 'string' && { code }),
    message,
    stack,
    ...(cause instanceof Error && { cause: described(cause) }),
  };
}

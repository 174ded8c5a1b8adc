import type { FastifyBaseLogger } from 'fastify';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../../config.ts';
import { type Adaptation, timingsOf } from '../../domain/adaptation.ts';
import type { AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { ServiceOptions } from '../../service/service-options.ts';

/** Writes several lines at a time. A fatal line and the end of the process write all pending lines. */
const jsonOutput = () => pino.destination({ sync: false, minLength: 8192, periodicFlush: 100 });

/** Standard output in the format of the setting LOG_FORMAT. */
export async function standardOutput(
  format: Config['LOG_FORMAT'],
  isTerminal = process.stdout.isTTY,
): Promise<DestinationStream> {
  if (format === 'json' || (format === 'auto' && !isTerminal)) return jsonOutput();
  // Loaded on demand: a server that logs JSON starts faster without it.
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    sync: true,
    colorize: isTerminal,
    ignore: 'pid,hostname',
    // A file can hold the lines of many days.
    translateTime: isTerminal ? 'SYS:HH:MM:ss.l' : 'SYS:yyyy-mm-dd HH:MM:ss.l',
  });
}

/**
 * A logger of JSON lines that never contain a key or an input. It removes headers. Of an error it logs only the standard
 * properties, because libraries add further ones that can contain a caller's data, such as the arguments of a command.
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

/** The fields of a log line about an adaptation: tenant, task, id, and the request that submitted it. */
export function aboutAdaptation({ tenant, task, id, origin }: AdaptationRef & Pick<Adaptation, 'origin'>) {
  return { ...(origin && { reqId: origin.requestId }), tenant, task, adaptation: id };
}

/** Logs errors of adaptations, and one line when an adaptation ends. */
export function logAdaptations(logger: FastifyBaseLogger): Pick<ServiceOptions, 'onError' | 'onEnded'> {
  return {
    onError(err, about) {
      if (about) logger.error({ err, ...aboutAdaptation(about) }, 'adaptation failed');
      else logger.error({ err }, 'background work failed');
    },
    onEnded(adaptation) {
      const { model, status, attempts, error } = adaptation;
      const outcome = { status, ...(error && { code: error.code }), attempts, ...timingsOf(adaptation) };
      logger.info({ ...aboutAdaptation(adaptation), model, ...outcome }, 'adaptation ended');
    },
  };
}

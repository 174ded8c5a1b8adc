import closeWithGrace from 'close-with-grace';
import { misspelt } from '../../config/misspelt.ts';
import { parseConfig } from '../../config/parse.ts';
import { InnerloopError } from '../../errors.ts';
import { isSystemError } from '../../package/files.ts';
import { raiseHeapGrowth } from './heap-growth.ts';
import { createLogger, standardOutput } from './logger.ts';
import { startServer } from './server.ts';
import { keyAdvice, welcome } from './welcome.ts';

/**
 * Starts a server that runs until a signal stops it. Writes logs to standard output, and the welcome text for people to
 * standard error.
 */
export async function serve(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  raiseHeapGrowth();
  const config = parseConfig(environment);
  const logger = createLogger(config.LOG_LEVEL, await standardOutput(config.LOG_FORMAT));
  for (const { name, meant } of misspelt(environment))
    logger.warn(`${name} is not a setting and is ignored: did you mean ${meant}?`);
  const server = await startServer(config, logger);
  logger.info(
    { address: server.address, dataDir: config.DATA_DIR, modelsDir: config.MODELS_DIR },
    'listening',
  );
  // The examples of calls are for a terminal. A log gets only the first key.
  if (process.stderr.isTTY)
    process.stderr.write(welcome(server.address, server.service.models(), server.firstKey));
  else if (server.firstKey !== null) process.stderr.write(keyAdvice(server.firstKey));

  closeWithGrace({ delay: config.SHUTDOWN_MS, logger }, async ({ err, signal }) => {
    if (err) logger.fatal({ err }, 'stopping after an error');
    else logger.info({ signal }, 'stopping');
    await server[Symbol.asyncDispose]();
    logger.info('stopped');
  });
}

/**
 * Why a start failed: the message of an InnerloopError, which is written for people, and the operating system's text that
 * caused it; the stack of any other error.
 */
export function cannotStart(error: unknown): string {
  return `innerloop cannot start: ${reason(error)}\n`;
}

function reason(error: unknown): string {
  if (!(error instanceof InnerloopError)) return error instanceof Error ? String(error.stack) : String(error);
  const { cause } = error.details;
  if (cause === undefined) return error.message;
  return `${error.message}\n  caused by: ${isSystemError(cause) ? cause.message : reason(cause)}`;
}

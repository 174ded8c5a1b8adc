import closeWithGrace from 'close-with-grace';
import { parseConfig } from '../config/parse.ts';
import { InnerloopError } from '../errors.ts';
import { createLogger, standardOutput } from './server/logger.ts';
import { startServer } from './server/server.ts';
import { welcome } from './server/welcome.ts';

/** `npm start`. Writes logs to standard output, and the welcome text for people to standard error. */
async function serve(): Promise<void> {
  const config = parseConfig(process.env);
  const logger = createLogger(config.LOG_LEVEL, await standardOutput(config.LOG_FORMAT));
  const server = await startServer(config, logger);
  logger.info(
    { address: server.address, dataDir: config.DATA_DIR, modelsDir: config.MODELS_DIR },
    'listening',
  );
  if (config.ROLE !== 'worker')
    process.stderr.write(welcome(server.address, server.service.models(), server.firstKey));

  closeWithGrace({ delay: config.SHUTDOWN_MS, logger }, async ({ err, signal }) => {
    if (err) logger.fatal({ err }, 'stopping after an error');
    else logger.info({ signal }, 'stopping');
    await server[Symbol.asyncDispose]();
    logger.info('stopped');
  });
}

try {
  await serve();
} catch (error) {
  process.stderr.write(`innerloop cannot start: ${reason(error)}\n`);
  process.exitCode = 1;
}

/** The message of an InnerloopError, which is written for people; the stack of any other error. */
function reason(error: unknown): string {
  if (!(error instanceof InnerloopError)) return error instanceof Error ? String(error.stack) : String(error);
  const { cause } = error.details;
  return cause === undefined ? error.message : `${error.message}\n  caused by: ${reason(cause)}`;
}

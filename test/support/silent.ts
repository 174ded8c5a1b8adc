import { createLogger } from '../../src/main/server/logger.ts';

/** The logger of a server in tests: one for all, because standard output would be flushed ten times a second for each. */
export const silent = createLogger('silent', { write: () => undefined });

import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { throttleErrors } from '../concurrency/throttle-errors.ts';
import { boundedServers } from './connection/bounded-server.ts';
import { createAnswerMalformed } from './errors/malformed.ts';
import { answerErrors, createSendError, type SendError } from './errors/problems.ts';
import { HEADERS_MS, type Limits, MAX_PARAM_LENGTH } from './limits.ts';
import type { TrustProxy } from './protocol/prefix.ts';

export interface BareAppOptions {
  /** Without it, nothing is logged. */
  readonly logger: FastifyBaseLogger | undefined;
  readonly limits: Limits;
  /** Most open connections. */
  readonly maxConnections: number;
  /** Whose headers name the address of a caller. Default: the address is that of its connection. */
  readonly trustProxy?: TrustProxy | false;
  /** Sends errors that come before a route is found, such as of a path that is not UTF-8. Default: as problems. */
  readonly frameworkErrors?: SendError;
}

/** Node checks this often for requests that have not arrived in time. */
const ARRIVAL_CHECK_MS = 2000;

/** An application without routes. Its servers bound connections and times, and its errors are problems. */
export function createBareApp({
  logger,
  limits,
  maxConnections,
  trustProxy = false,
  frameworkErrors,
}: BareAppOptions): FastifyInstance {
  const sendError = createSendError(limits);
  const app: FastifyInstance = Fastify({
    ...(logger && { loggerInstance: logger }),
    bodyLimit: limits.bodyBytes,
    serverFactory: boundedServers({
      maxConnections,
      http: {
        requestTimeout: limits.arrivalMs,
        // Node swaps the two timeouts if the headers' timeout is the longer one.
        headersTimeout: Math.min(limits.arrivalMs, HEADERS_MS),
        connectionsCheckingInterval: ARRIVAL_CHECK_MS,
        // `requireHost` says why.
        requireHostHeader: false,
      },
      onAcceptError: throttleErrors((err) => logger?.error({ err }, 'a connection could not be accepted')),
      // Throttled as errors are: a client that leaks connections tries again and again.
      onExcess: throttleErrors((most) =>
        logger?.warn(
          { maxConnections: most },
          'further connections are closed at once, because as many are open as this address may have',
        ),
      ),
    }),
    trustProxy,
    genReqId: () => randomUUID(),
    // `logRequests` logs one line per request instead of the framework's two.
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: frameworkErrors ?? sendError,
    clientErrorHandler: createAnswerMalformed(limits),
  });
  answerErrors(app, sendError);
  return app;
}

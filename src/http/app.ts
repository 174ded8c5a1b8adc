import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Service } from '../service/service.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { describeApi } from './plugins/docs.ts';
import { acceptForms } from './plugins/forms.ts';
import { closeGracefully } from './plugins/graceful-close.ts';
import { answerWithProblems, asInnerloopError, sendProblem } from './plugins/problems.ts';
import { adaptRoutes } from './routes/adapt.ts';
import { adaptationRoutes } from './routes/adaptations.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { modelRoutes } from './routes/models.ts';
import { predictionRoutes } from './routes/predictions.ts';
import { taskRoutes } from './routes/tasks.ts';
import { createValidatorCompiler } from './validators.ts';

export interface AppOptions {
  readonly service: Service;
  /** Of the API, for its description. */
  readonly version: string;
  /** Silent without. */
  readonly logger?: FastifyBaseLogger;
  readonly limits?: Limits;
  readonly heartbeatMs?: number;
}

/** For a request to arrive in full; without one, callers who never finish would hold their connections for ever. */
const REQUEST_TIMEOUT_MS = 120_000;

/** The HTTP face of the service: routes, schemas and errors. It listens nowhere; the caller does that. */
export async function buildApp({
  service,
  version,
  logger,
  limits = defaultLimits,
  heartbeatMs = 15_000,
}: AppOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    ...(logger && { loggerInstance: logger }),
    bodyLimit: limits.bodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    // One line per request, when it is answered, instead of two.
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error, request, reply) => {
      sendProblem(asInnerloopError(error, limits), request, reply);
    },
  });
  app.removeContentTypeParser('text/plain');
  app.setValidatorCompiler(createValidatorCompiler());
  answerWithProblems(app, limits);
  const closing = closeGracefully(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request;
    request.log.info({ method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
  });

  await acceptForms(app, limits);
  await describeApi(app, version);
  await app.register(modelRoutes, { service });
  await app.register(taskRoutes, { service });
  await app.register(adaptRoutes, { service, limits, closing });
  await app.register(adaptationRoutes, { service });
  await app.register(eventRoutes, { service, closing, heartbeatMs });
  await app.register(predictionRoutes, { service, limits });
  await app.register(healthRoutes, { service });
  return app;
}

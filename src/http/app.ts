import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { type Meter, noMeter, type Tracer } from '../ports/telemetry.ts';
import type { Service } from '../service/service.ts';
import { type AccessKeys, admitCallers } from './admission/access.ts';
import { refuseOverload, refuseWhenLate } from './admission/back-pressure.ts';
import { setBrowserHeaders } from './admission/browsers.ts';
import { refuseForwarded } from './admission/local-only.ts';
import { limitRates, type RateLimit } from './admission/rates.ts';
import { requireAccess } from './admission/route-access.ts';
import { limitWaitingRequests } from './admission/waiting-requests.ts';
import { createBareApp } from './bare-app.ts';
import { acceptArchives } from './bodies/archives.ts';
import { decorateBatches } from './bodies/batch.ts';
import { acceptCompression, ignoreTypeOfEmptyBody } from './bodies/content-headers.ts';
import { acceptForms } from './bodies/forms/forms.ts';
import { acceptJson } from './bodies/json.ts';
import { createSerializerCompiler } from './bodies/serializers.ts';
import { acceptSingles } from './bodies/single.ts';
import { acceptTables } from './bodies/tables.ts';
import { requireUtf8 } from './bodies/utf8.ts';
import { createValidatorCompiler } from './bodies/validators.ts';
import { closeGracefully, readyUntil } from './connection/graceful-close.ts';
import { describeApi } from './description/openapi.ts';
import { requireHost } from './errors/malformed.ts';
import { createSendError } from './errors/problems.ts';
import { INFERENCE_PREFIX, isInference, sendInferenceError } from './inference/errors.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type MetricsOptions, metricsRoutes } from './metrics-app.ts';
import { answerOtherMethods } from './protocol/other-methods.ts';
import { createPrefixOf, trustProxies } from './protocol/prefix.ts';
import { refuseUnknownQuery } from './protocol/query.ts';
import { adaptationRoutes } from './routes/adaptations.ts';
import { driftRoutes } from './routes/drift.ts';
import { encoderRoutes } from './routes/encoders.ts';
import { eventRoutes } from './routes/events.ts';
import { exampleFileRoutes } from './routes/examples/example-files.ts';
import { exampleRoutes } from './routes/examples/examples.ts';
import { feedbackRoutes } from './routes/feedback.ts';
import { healthRoutes } from './routes/health.ts';
import { inferenceRoutes } from './routes/inference/inference.ts';
import { keptPredictionRoutes } from './routes/kept-predictions.ts';
import { modelRoutes } from './routes/models.ts';
import { guideRoutes, type OpenGuide } from './routes/pages/guide.ts';
import { type Page, playgroundRoutes } from './routes/pages/playground.ts';
import { predictionRoutes } from './routes/predictions.ts';
import { taskRoutes } from './routes/tasks.ts';
import { tenantRoutes } from './routes/tenant.ts';
import { versionRoutes } from './routes/versions.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { logRequests, recordRequestMetrics, traceRequests } from './telemetry.ts';

export interface AppOptions {
  readonly service: Service;
  readonly keys: AccessKeys;
  /** `health`: only health checks (and metrics), for a process that only runs adaptations. */
  readonly serves?: 'all' | 'health';
  /** Version of the service, for the API description. */
  readonly version: string;
  /** Without it, nothing is logged. */
  readonly logger?: FastifyBaseLogger;
  readonly limits?: Limits;
  /** Most open connections. Default: no limit. */
  readonly maxConnections?: number;
  readonly heartbeatMs?: number;
  /** Without it, requests are not limited. */
  readonly rateLimit?: RateLimit;
  /** Addresses of proxies whose `X-Forwarded-…` headers are trusted. */
  readonly trustProxy?: readonly string[];
  /** Origins whose web pages may call this API. */
  readonly corsOrigins?: readonly string[];
  readonly meter?: Meter;
  /** Without it, requests are not traced. */
  readonly tracer?: Tracer | undefined;
  /** Served at `/metrics` to every caller. Without it, the path `/metrics` does not exist. */
  readonly metrics?: MetricsOptions | undefined;
  /** The page to try the service, served at `/`. Without it, `/` leads to the documentation of the API. */
  readonly page?: Page | undefined;
  /** Served below `/guide/`. */
  readonly guide?: OpenGuide | undefined;
}

/** The HTTP API of the service. The caller makes it listen. */
export async function buildApp({
  service: given,
  keys,
  serves = 'all',
  version,
  logger,
  limits = defaultLimits,
  maxConnections = Number.POSITIVE_INFINITY,
  heartbeatMs = 15_000,
  rateLimit = { perMinute: 0 },
  trustProxy = [],
  corsOrigins = [],
  meter = noMeter,
  tracer,
  metrics,
  page,
  guide,
}: AppOptions): Promise<FastifyInstance> {
  const sendError = createSendError(limits);
  const sendInference = createSendError(limits, sendInferenceError);
  const isTrusted = trustProxies(trustProxy);
  const app = createBareApp({
    logger,
    limits,
    maxConnections,
    trustProxy: trustProxy.length > 0 && isTrusted,
    frameworkErrors: (error, request, reply) =>
      (isInference(request.url) ? sendInference : sendError)(error, request, reply),
  });
  acceptJson(app);
  app.setValidatorCompiler(createValidatorCompiler());
  app.setSerializerCompiler(createSerializerCompiler());
  const answerMethods = answerOtherMethods(app);
  requireAccess(app);
  const closing = closeGracefully(app);
  const service = readyUntil(closing, given);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  requireHost(app);
  logRequests(app);
  recordRequestMetrics(app, meter);
  traceRequests(app, tracer);
  ignoreTypeOfEmptyBody(app);
  await setBrowserHeaders(app, corsOrigins);
  refuseWhenLate(app);
  await admitCallers(app, keys, corsOrigins);
  await limitRates(app, rateLimit);
  refuseOverload(app, limits);
  refuseUnknownQuery(app);
  requireUtf8(app);
  acceptCompression(app, limits);

  if (metrics) {
    await app.register(async (scope) => {
      scope.addHook('onRequest', async (request) =>
        refuseForwarded(request, 'behind a proxy, serve metrics on a separate port (METRICS_PORT)'),
      );
      await scope.register(metricsRoutes, metrics);
    });
  }
  if (serves === 'health') {
    await app.register(healthRoutes, { service });
    answerMethods();
    return app;
  }
  const countWaiting = limitWaitingRequests(limits.waitingRequests);
  decorateBatches(app);
  acceptForms(app, limits);
  acceptTables(app);
  acceptArchives(app, limits);
  acceptSingles(app, limits);
  await describeApi(app, version, createPrefixOf(isTrusted), page === undefined);
  // Plugins that need no instance of their own are called, not registered: making an instance takes longer than its routes.
  const typed = app.withTypeProvider<TypeBoxTypeProvider>();
  if (page) await playgroundRoutes(app, { page });
  if (guide) await guideRoutes(app, { open: guide });
  await modelRoutes(typed, { service });
  await encoderRoutes(typed, { service });
  await taskRoutes(typed, { service });
  await tenantRoutes(typed, { service });
  await adaptationRoutes(typed, { service, closing, countWaiting });
  await eventRoutes(typed, { service, keys, closing, heartbeatMs, countWaiting });
  await exampleRoutes(typed, { service });
  await exampleFileRoutes(typed, { service });
  await versionRoutes(typed, { service });
  await driftRoutes(typed, { service });
  await predictionRoutes(typed, { service });
  await webhookRoutes(typed, { service, countWaiting });
  await feedbackRoutes(typed, { service });
  await keptPredictionRoutes(typed, { service });
  await app.register(inferenceRoutes, {
    prefix: INFERENCE_PREFIX,
    service,
    version,
    sendError: sendInference,
  });
  await healthRoutes(typed, { service });
  answerMethods();
  return app;
}

import type { FastifyError, FastifyPluginAsync } from 'fastify';
import type { InnerloopError } from '../../errors.ts';
import type { Service } from '../../service/service.ts';
import { acceptInferenceBodies } from '../bodies/inference-bodies.ts';
import { asInnerloopError, noSuchRoute } from '../errors/problems.ts';
import { sendInferenceError } from '../inference/errors.ts';
import type { Limits } from '../limits.ts';
import { inferenceModelRoutes } from './inference-models.ts';
import { inferenceServerRoutes } from './inference-server.ts';

interface Options {
  readonly service: Service;
  readonly limits: Limits;
  readonly version: string;
}

export const INFERENCE_PREFIX = '/v2';

/**
 * The Open Inference Protocol, with bodies and errors of its own shape: a task is a model, and its adaptations are that
 * model's versions.
 *
 * @see https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */
export const inferenceRoutes: FastifyPluginAsync<Options> = async (app, { service, limits, version }) => {
  app.setErrorHandler((error: FastifyError | InnerloopError, request, reply) =>
    sendInferenceError(asInnerloopError(error, limits, request), request, reply),
  );
  app.setNotFoundHandler((request, reply) => sendInferenceError(noSuchRoute(request), request, reply));
  acceptInferenceBodies(app);
  await app.register(inferenceServerRoutes, { service, version });
  await app.register(inferenceModelRoutes, { service });
};

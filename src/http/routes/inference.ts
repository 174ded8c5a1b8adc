import type { FastifyPluginAsync } from 'fastify';
import type { Service } from '../../service/service.ts';
import { acceptInferenceBodies } from '../bodies/inference-bodies.ts';
import { inferenceModelRoutes } from './inference-models.ts';
import { inferenceServerRoutes } from './inference-server.ts';

interface Options {
  readonly service: Service;
  readonly version: string;
}

/**
 * The Open Inference Protocol, which has its own formats for bodies and errors. Each task is a model of the protocol, and
 * the adaptations of the task are the versions of that model.
 *
 * @see https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */
export const inferenceRoutes: FastifyPluginAsync<Options> = async (app, { service, version }) => {
  acceptInferenceBodies(app);
  await app.register(inferenceServerRoutes, { service, version });
  await app.register(inferenceModelRoutes, { service });
};

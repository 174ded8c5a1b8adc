import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { InnerloopError } from '../../../errors.ts';
import type { AdaptedModel, Service } from '../../../service/service.ts';
import { tenantOf } from '../../admission/access.ts';
import { withPlaces } from '../../bodies/places.ts';
import { disconnectSignal } from '../../connection/disconnect.ts';
import { HEADER_LENGTH } from '../../inference/binary-framing.ts';
import { frameOf } from '../../inference/bodies.ts';
import { isNotReady } from '../../inference/errors.ts';
import { describeOutputs, planOutputs, writeResponse } from '../../inference/outputs.ts';
import { describeInputs, readInput, rows } from '../../inference/read-input.ts';
import {
  InferenceHeaders,
  InferenceModelParams,
  InferenceRequest,
  InferenceResponse,
  InferenceVersionParams,
  inferenceErrors,
  ModelMetadata,
  ModelReady,
} from '../../schemas/inference.ts';
import { setTimingHeaders } from '../../telemetry.ts';

/** The two paths of a model: without a version, the current adaptation answers. */
const addresses = [
  {
    path: '/models/:task',
    params: InferenceModelParams,
    operation: 'Model',
    subject: 'a task',
    answeredBy: 'This path uses the current adaptation of the task.',
  },
  {
    path: '/models/:task/versions/:id',
    params: InferenceVersionParams,
    operation: 'Version',
    subject: 'an adaptation',
    answeredBy: 'This path uses the named adaptation of the task, which must have succeeded.',
  },
] as const;

export const inferenceModelRoutes: FastifyPluginAsync<{ service: Service }> = async (app, { service }) => {
  const adaptedOf = (request: FastifyRequest): Promise<AdaptedModel> => {
    const { task, id } = request.params as Static<typeof InferenceModelParams> & { id?: string };
    return service.adaptedModel(tenantOf(request), task, id);
  };

  const describeModel = async (request: FastifyRequest, reply: FastifyReply) => {
    const adapted = await adaptedOf(request);
    const { task } = request.params as Static<typeof InferenceModelParams>;
    return reply.send({
      name: task,
      versions: [adapted.adaptation],
      platform: 'onnx_onnxv1',
      inputs: describeInputs(adapted),
      outputs: describeOutputs(adapted),
    });
  };

  const modelReady = async (request: FastifyRequest, reply: FastifyReply) => {
    const { task } = request.params as Static<typeof InferenceModelParams>;
    try {
      await adaptedOf(request);
      return reply.send({ name: task, ready: true });
    } catch (error) {
      if (!(error instanceof InnerloopError) || !isNotReady(error.code)) throw error;
      return reply.code(503).send({ name: task, ready: false });
    }
  };

  const infer = async (request: FastifyRequest, reply: FastifyReply) => {
    const body = request.body as Static<typeof InferenceRequest>;
    const { task } = request.params as Static<typeof InferenceModelParams>;
    const adapted = await adaptedOf(request);
    const outputs = planOutputs(body, adapted);
    const x = await readInput(body.inputs, frameOf(request), adapted, () => disconnectSignal(reply));
    const { timings, ...answers } = await withPlaces(rows, () => adapted.answer(x, { asked: {} }));
    setTimingHeaders(reply, timings);
    const head = { model_name: task, model_version: adapted.adaptation, id: body.id };
    const response = writeResponse(head, outputs(answers));
    if (response.headerLength === null)
      return reply.type('application/json; charset=utf-8').send(response.body);
    reply.header(HEADER_LENGTH, String(response.headerLength));
    return reply.type('application/octet-stream').send(response.body);
  };

  for (const { path, params, operation, subject, answeredBy } of addresses) {
    app.get(
      path,
      {
        config: { access: 'predict' },
        schema: {
          operationId: `getInference${operation}`,
          summary: `Describe ${subject} as a model`,
          description: `Returns the names, data types and shapes of the input and the outputs. ${answeredBy}`,
          tags: ['inference'],
          params,
          response: { 200: ModelMetadata, ...inferenceErrors },
        },
      },
      describeModel,
    );
    app.get(
      `${path}/ready`,
      {
        config: { access: 'predict' },
        schema: {
          operationId: `getInference${operation}Readiness`,
          summary: `Check whether ${subject} can answer`,
          description: `Answers 200 if predictions are possible, and 503 if no adaptation has succeeded yet. ${answeredBy}`,
          tags: ['inference'],
          params,
          response: { 200: ModelReady, 503: ModelReady, ...inferenceErrors },
        },
      },
      modelReady,
    );
    app.post(
      `${path}/infer`,
      {
        config: { access: 'predict', readOnly: true, load: 'predictions' },
        schema: {
          operationId: `infer${operation}`,
          summary: `Predict with ${subject}`,
          description: `Predicts in the format of the Open Inference Protocol: JSON, or JSON followed by tensors in binary form. ${answeredBy}`,
          tags: ['inference'],
          params,
          headers: InferenceHeaders,
          body: InferenceRequest,
          response: { 200: InferenceResponse, ...inferenceErrors },
        },
      },
      infer,
    );
  }
};

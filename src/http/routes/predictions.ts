import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/tenant.ts';
import { formAsBody } from '../bodies/forms.ts';
import { disconnectSignal } from '../connection/disconnect.ts';
import type { Limits } from '../limits.ts';
import { toRawInput } from '../schemas/inputs.ts';
import { adaptationOf, PredictBody, Predictions, PredictQuery } from '../schemas/predictions.ts';
import { problems } from '../schemas/problem.ts';
import { TaskParams } from '../schemas/tasks.ts';
import { setTimingHeaders } from '../telemetry/server-timing.ts';

interface Options {
  readonly service: Service;
  readonly limits: Limits;
}

export const predictionRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { service, limits }) => {
  app.post(
    '/tasks/:task/predict',
    {
      config: { readOnly: true, load: 'predictions' },
      schema: {
        operationId: 'predict',
        summary: 'Predict',
        description:
          "Answers each input with the likeliest label and the probability of every label (classification), or with values (regression). The current adaptation of the task answers, or the one that is named; until one has succeeded, the answer is a 409. Inputs do not influence each other's answers.",
        tags: ['predictions'],
        params: TaskParams,
        querystring: PredictQuery,
        body: PredictBody,
        response: { 200: Predictions, ...problems },
      },
      preValidation: formAsBody((files) => ({ inputs: files.map(({ dataUrl }) => dataUrl) }), limits),
    },
    async (request, reply) => {
      const { params, body, query } = request;
      const inputs = body.inputs.map((input, i) => {
        const pointer = `/inputs/${i}`;
        return { pointer, input: toRawInput(input, pointer) };
      });
      // Only decoding pictures takes long enough to be worth stopping.
      const gone = inputs.some(({ input }) => input.kind === 'image') ? disconnectSignal(reply) : undefined;
      const { predictions, timings, ...by } = await service.predict(tenantOf(request), params.task, inputs, {
        adaptation: adaptationOf(body, query),
        signal: gone,
      });
      setTimingHeaders(reply, timings);
      return { task: params.task, ...by, predictions: [...predictions] };
    },
  );
};

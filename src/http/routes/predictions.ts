import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import { withPlaces } from '../bodies/places.ts';
import { disconnectSignal } from '../connection/disconnect.ts';
import { tableOfPredictions } from '../downloads/predictions-table.ts';
import { prefersCsv } from '../protocol/accept.ts';
import { optionsOf, PredictQuery } from '../schemas/predictions/prediction-options.ts';
import { PredictBody, PredictionsAnswer, predictionBody } from '../schemas/predictions/predictions.ts';
import { mayBeFile, toRawInput } from '../schemas/shared/inputs.ts';
import { problems } from '../schemas/shared/problem.ts';
import { TaskParams } from '../schemas/tasks.ts';
import { setTimingHeaders } from '../telemetry.ts';

interface Options {
  readonly service: Service;
}

export const predictionRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  app.post(
    '/tasks/:task/predict',
    {
      config: { access: 'predict', readOnly: true, load: 'predictions' },
      schema: {
        operationId: 'predict',
        summary: 'Predict',
        description:
          'Predicts an answer for each input. For classification, an answer is the likeliest label and the probability of every label; for regression, it is one or more numbers. The call uses the current adaptation of the task, or the adaptation in `options`. If no adaptation has succeeded yet, the call fails with 409. The answer for an input does not depend on the other inputs.',
        tags: ['predictions'],
        params: TaskParams,
        querystring: PredictQuery,
        body: PredictBody,
        response: { 200: PredictionsAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const { params, body, batch, itemName, query, headers } = request;
      const inputs = batch ? batch.inputs() : body.inputs.map(toRawInput);
      const asked = optionsOf(body.options, query);
      // If the caller disconnects, the decoding of files and explanations are stopped: other work is short.
      const isStoppable = batch !== null || asked.explain === true || body.inputs.some(mayBeFile);
      const signal = isStoppable ? disconnectSignal(reply) : undefined;
      const options = { signal, ...asked };
      const places = { pointerOf: (item: number) => `/inputs/${item}`, nameOf: itemName };
      const { predictions, timings, ...by } = await withPlaces(places, () =>
        service.predict(tenantOf(request), params.task, inputs, options),
      );
      setTimingHeaders(reply, timings);
      const answers = predictions.map((each, item) => predictionBody(each, item, batch));
      if (!prefersCsv(headers.accept)) return { task: params.task, ...by, predictions: answers };
      return reply.type('text/csv; charset=utf-8').send(tableOfPredictions(answers));
    },
  );
};

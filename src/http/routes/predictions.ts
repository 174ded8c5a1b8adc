import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { RawInput } from '../../service/inputs/raw-input.ts';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import type { Form } from '../bodies/forms.ts';
import { withPlaces } from '../bodies/places.ts';
import { disconnectSignal } from '../connection/disconnect.ts';
import { toRawInput } from '../schemas/inputs.ts';
import { adaptationOf, PredictBody, Predictions, PredictQuery } from '../schemas/predictions.ts';
import { problems } from '../schemas/problem.ts';
import { TaskParams } from '../schemas/tasks.ts';
import { setTimingHeaders } from '../telemetry.ts';

interface Options {
  readonly service: Service;
}

export const predictionRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { service }) => {
  app.post(
    '/tasks/:task/predict',
    {
      config: { readOnly: true, load: 'predictions' },
      schema: {
        operationId: 'predict',
        summary: 'Predict',
        description:
          'Predicts an answer for each input. For classification, an answer is the likeliest label and the probability of every label; for regression, it is one or more numbers. The call uses the current adaptation of the task, or the adaptation in `options`. If no adaptation has succeeded yet, the call fails with 409. The answer for an input does not depend on the other inputs.',
        tags: ['predictions'],
        params: TaskParams,
        querystring: PredictQuery,
        body: PredictBody,
        response: { 200: Predictions, ...problems },
      },
    },
    async (request, reply) => {
      const { params, body, form, query } = request;
      const inputs = form ? inputsOf(form) : body.inputs.map(toRawInput);
      // If the caller disconnects, only the decoding of pictures is stopped: other work is short.
      const isStoppable = form !== null || body.inputs.some((input) => typeof input === 'string');
      const signal = isStoppable ? disconnectSignal(reply) : undefined;
      const options = { adaptation: adaptationOf(body, query), signal };
      const places = { pointerOf: (item: number) => `/inputs/${item}`, nameOf: form?.nameOf };
      const { predictions, timings, ...by } = await withPlaces(places, () =>
        service.predict(tenantOf(request), params.task, inputs, options),
      );
      setTimingHeaders(reply, timings);
      return { task: params.task, ...by, predictions: [...predictions] };
    },
  );
};

/** Reads the inputs of a form: each file is an input, and the field names are ignored. */
async function* inputsOf(form: Form): AsyncGenerator<RawInput> {
  for await (const { file } of form.files()) yield { kind: 'file', file };
}

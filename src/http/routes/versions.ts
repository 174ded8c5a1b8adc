import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import { withPlaces } from '../bodies/places.ts';
import { disconnectSignal } from '../connection/disconnect.ts';
import { AdaptationParams } from '../schemas/adapt-request.ts';
import { Adaptation, adaptationBody } from '../schemas/adaptation.ts';
import { toRawInput } from '../schemas/shared/inputs.ts';
import { problems } from '../schemas/shared/problem.ts';
import { TaskParams } from '../schemas/tasks.ts';
import { CompareBody, Comparison, comparisonBody } from '../schemas/versions.ts';

export const versionRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.post(
    '/tasks/:task/adaptations/:id/activate',
    {
      config: { access: 'teach' },
      schema: {
        operationId: 'activateAdaptation',
        summary: 'Roll back to an adaptation',
        description:
          'Makes a succeeded adaptation the current one: an earlier one, or a later one again. It answers predictions at once. An adaptation that is accepted later may replace it; one that was accepted before this call does not. The examples of the task do not change. The call takes no body.',
        tags: ['adaptations'],
        params: AdaptationParams,
        response: { 200: Adaptation, ...problems },
      },
    },
    async (request) => {
      const { task, id } = request.params;
      return adaptationBody(await service.activate(tenantOf(request), task, id));
    },
  );

  app.post(
    '/tasks/:task/compare',
    {
      config: { access: 'predict', readOnly: true, load: 'predictions' },
      schema: {
        operationId: 'compareAdaptations',
        summary: 'Compare two adaptations',
        description:
          'Predicts the same inputs with two adaptations of the task. Returns the share of inputs on which they agree, and both answers where they differ.',
        tags: ['predictions'],
        params: TaskParams,
        body: CompareBody,
        response: { 200: Comparison, ...problems },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const [first = '', second = ''] = body.adaptations;
      const inputs = body.inputs.map(toRawInput);
      const places = { pointerOf: (item: number) => `/inputs/${item}`, nameOf: null };
      const signal = disconnectSignal(reply);
      const compared = await withPlaces(places, () =>
        service.compare(tenantOf(request), params.task, [first, second], inputs, signal),
      );
      return comparisonBody(params.task, compared);
    },
  );
};

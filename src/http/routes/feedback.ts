import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { InnerloopError } from '../../errors.ts';
import type { RawExample, Service } from '../../service/service.ts';
import { tenantOf } from '../admission/access.ts';
import type { Batch } from '../bodies/batch.ts';
import { withPlaces } from '../bodies/places.ts';
import { disconnectSignal } from '../connection/disconnect.ts';
import {
  FeedbackAnswer,
  FeedbackBody,
  FeedbackHeaders,
  FeedbackQuery,
  feedbackBody,
  toFeedbackRequest,
} from '../schemas/predictions/feedback.ts';
import { Quality, qualityBody, Review, ReviewQuery, reviewBody } from '../schemas/predictions/review.ts';
import { problems } from '../schemas/shared/problem.ts';
import { TaskParams } from '../schemas/tasks.ts';
import { originOf } from '../telemetry.ts';

export const feedbackRoutes: FastifyPluginAsyncTypebox<{ service: Service }> = async (app, { service }) => {
  app.post(
    '/tasks/:task/feedback',
    {
      config: { access: 'feedback' },
      schema: {
        operationId: 'giveFeedback',
        summary: 'Send the right answer',
        description:
          'Adds an example with the right label, either for a prediction that the task keeps, or for an input in the body. Feedback on the same input replaces earlier feedback that nobody has confirmed. The example is stored before the answer is sent. If a label has other examples, its examples from feedback together weigh at most as much as those, until a person confirms them (`PATCH` of the example). The adaptation to them becomes the current one only if it is not worse on the examples that both have: see its `gate`. If the prediction is not kept any more, the answer is 410: send its input.',
        tags: ['feedback'],
        params: TaskParams,
        querystring: FeedbackQuery,
        headers: FeedbackHeaders,
        body: FeedbackBody,
        response: { 202: FeedbackAnswer, ...problems },
      },
    },
    async (request, reply) => {
      const { params, body, batch, itemName, query, headers } = request;
      const idempotencyKey = headers['idempotency-key'];
      const asked = toFeedbackRequest(body, batch && (await onlyPart(batch)), query, {
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        origin: originOf(request),
      });
      const places = { pointerOf: () => '', nameOf: itemName };
      const answer = await withPlaces(places, () =>
        service.feedback(tenantOf(request), params.task, asked, disconnectSignal(reply)),
      );
      return reply.code(202).send(feedbackBody(answer));
    },
  );

  app.get(
    '/tasks/:task/quality',
    {
      config: { access: 'feedback' },
      schema: {
        operationId: 'getQuality',
        summary: 'Read how good the answers are',
        description:
          'Returns three accuracies: the estimate from the examples, the accuracy by the latest feedback, and that by feedback on the current adaptation only. Also returns advice: adapt to feedback (`retrain`), activate an earlier adaptation (`roll_back`), or give more examples of a label (`label_more`).',
        tags: ['feedback'],
        params: TaskParams,
        response: { 200: Quality, ...problems },
      },
    },
    async (request) => {
      const { task } = request.params;
      return qualityBody(task, await service.quality(tenantOf(request), task));
    },
  );

  app.get(
    '/tasks/:task/review',
    {
      config: { access: 'feedback' },
      schema: {
        operationId: 'review',
        summary: 'List what to label next',
        description:
          'Returns the kept predictions for which a label would help the most. Uncertain predictions, novel inputs and rare labels alternate in the list. Predictions with feedback are left out. If the task keeps no predictions, the list is empty.',
        tags: ['feedback'],
        params: TaskParams,
        querystring: ReviewQuery,
        response: { 200: Review, ...problems },
      },
    },
    async (request) => {
      const { params, query } = request;
      return reviewBody(await service.review(tenantOf(request), params.task, query.limit ?? 10));
    },
  );
};

/** @throws InnerloopError `invalid_request` if a form has other than one part */
async function onlyPart(batch: Batch): Promise<Pick<RawExample, 'input' | 'label'>> {
  let found: RawExample | null = null;
  for await (const each of batch.examples(undefined)) {
    if (found) throw wrongParts('more');
    found = each;
  }
  if (!found) throw wrongParts('none');
  return found;
}

function wrongParts(got: string): InnerloopError {
  const expected = 'a form with one part';
  return new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got });
}

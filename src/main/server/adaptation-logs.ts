import type { FastifyBaseLogger } from 'fastify';
import type { Adaptation } from '../../domain/adaptation.ts';
import { timingsOf } from '../../domain/adaptation.ts';
import type { AdaptationRef } from '../../ports/adaptation-queue.ts';
import type { ServiceOptions } from '../../service/service-options.ts';

/** The fields of a log line about an adaptation: tenant, task, id, and the request that submitted it. */
export function aboutAdaptation({ tenant, task, id, origin }: AdaptationRef & Pick<Adaptation, 'origin'>) {
  return { ...(origin && { reqId: origin.requestId }), tenant, task, adaptation: id };
}

/** Logs errors around adaptations, and one line for the end of each. */
export function logAdaptations(logger: FastifyBaseLogger): Pick<ServiceOptions, 'onError' | 'onEnded'> {
  return {
    onError: (err, about) => logger.error({ err, ...(about && aboutAdaptation(about)) }, 'adaptation failed'),
    onEnded(adaptation) {
      const { model, status, attempts, error } = adaptation;
      const outcome = { status, ...(error && { code: error.code }), attempts, ...timingsOf(adaptation) };
      logger.info({ ...aboutAdaptation(adaptation), model, ...outcome }, 'adaptation ended');
    },
  };
}

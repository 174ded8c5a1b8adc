import type { FastifyRequest } from 'fastify';
import type { Origin } from '../../domain/adaptation.ts';

/** What an adaptation remembers of the request that brought it. */
export function originOf({ id, span }: FastifyRequest): Origin {
  return { requestId: id, ...(span?.traceparent !== undefined && { traceparent: span.traceparent }) };
}

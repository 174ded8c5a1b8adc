import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorDetails, InnerloopError } from '../../errors.ts';
import { partAt } from '../bodies/forms.ts';
import { lingerOnUnreadBody } from '../connection/linger.ts';
import { statusOf } from './status.ts';

/**
 * What the caller is told of an error, in whatever shape, once log and headers have had their share of it. What is not
 * the caller's fault leaves no detail but the log's.
 */
export function reportError(
  error: InnerloopError,
  request: FastifyRequest,
  reply: FastifyReply,
): { readonly detail: string; readonly details: ErrorDetails } {
  const ours = statusOf[error.code] >= 500 && error.code !== 'unavailable';
  const { details } = error;
  if (ours) request.log.error({ err: details.cause ?? error }, 'request failed');
  const { retryAfterSeconds } = details;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  lingerOnUnreadBody(request, reply);
  if (!ours) return { detail: error.message + partAt(request, details.pointer), details };
  const detail = `Something went wrong on our side. The log tells what under request ${request.id}.`;
  return { detail, details: {} };
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorDetails, InnerloopError } from '../../errors.ts';
import { drainUnreadBody } from '../connection/drain-unread-body.ts';
import { statusOf } from './status.ts';

/**
 * Logs server errors, and sets the headers of the answer. Returns the text and the details for its body. The text and
 * details of a server error are only in the log.
 */
export function reportError(
  error: InnerloopError,
  request: FastifyRequest,
  reply: FastifyReply,
): { readonly detail: string; readonly details: ErrorDetails } {
  const isServerError = statusOf[error.code] >= 500 && error.code !== 'unavailable';
  const { details } = error;
  if (isServerError) request.log.error({ err: details.cause ?? error }, 'request failed');
  const { retryAfterSeconds } = details;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  drainUnreadBody(request, reply);
  if (!isServerError) return { detail: error.message, details };
  const detail = `The service has failed. Its log has the reason, under request ${request.id}.`;
  return { detail, details: {} };
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorDetails, InnerloopError } from '../../errors.ts';
import { statusOf } from './status.ts';

const DRAIN_MS = 2000;

/**
 * Logs an error that is ours, and sets the headers of its answer. Answers the text and details for the body: those of an
 * error of ours are in the log alone.
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
  drainUnreadBody(request, reply);
  if (!ours) return { detail: error.message, details };
  const detail = `The service has failed. Its log has the reason, under request ${request.id}.`;
  return { detail, details: {} };
}

/**
 * Reads and drops the rest of a body for a while, then closes the connection. Closing it at once would reset it while the
 * caller still writes, and the caller would lose the answer.
 */
function drainUnreadBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete || raw.readableEnded) return;
  // The framework or the caller may have asked to close it at once.
  reply.removeHeader('connection');
  reply.raw.shouldKeepAlive = true;
  raw.unpipe();
  raw.resume();
  const close = setTimeout(() => raw.destroy(), DRAIN_MS);
  raw.once('close', () => clearTimeout(close));
}

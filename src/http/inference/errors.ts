import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, InnerloopError } from '../../errors.ts';
import { reportError } from '../errors/report-error.ts';
import { statusOf } from '../errors/status.ts';

/** The paths of all protocol routes begin with this. */
export const INFERENCE_PREFIX = '/v2';

/** Whether a path that the router cannot read belongs to the protocol. */
export function isInference(url: string): boolean {
  return /^\/v2(\/|\?|$)/.test(url);
}

/** Statuses that the protocol uses, too. Any other caller's error becomes 400. */
const PROTOCOL_STATUSES = new Set([400, 401, 403, 404, 405, 413, 415, 429, 500, 503]);

/**
 * Whether the model is not ready, in Triton's terms (UNAVAILABLE): no adaptation of the task has succeeded, or the server
 * lacks the encoder of the package.
 */
export const isNotReady = (code: ErrorCode): boolean =>
  code === 'task_not_adapted' || code === 'encoder_missing';

/** An adaptation that has not succeeded, or was erased, is an unknown version (NOT_FOUND). */
const isUnknownVersion = (code: ErrorCode): boolean =>
  code === 'adaptation_not_succeeded' || code === 'adaptation_erased';

export function inferenceStatus(code: ErrorCode): number {
  if (isNotReady(code)) return 503;
  if (isUnknownVersion(code)) return 404;
  return PROTOCOL_STATUSES.has(statusOf[code]) ? statusOf[code] : 400;
}

/** Sends an error in the protocol's form. The form has only one text, so the JSON pointer is part of that text. */
export function sendInferenceError(
  error: InnerloopError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { detail, details } = reportError(error, request, reply);
  const { pointer = '' } = details;
  const text = detail.includes(pointer) ? detail : `${detail} (${pointer})`;
  return reply
    .code(inferenceStatus(error.code))
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: text }));
}

/** Error about a tensor of the request or about its bytes. */
export function refuse(pointer: string, expected: string, got: string): InnerloopError {
  const message = `Expected ${expected} at ${pointer}, got ${got}`;
  return new InnerloopError('invalid_input', message, { pointer, expected, got });
}

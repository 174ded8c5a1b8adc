import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, InnerloopError } from '../../errors.ts';
import { reportError } from '../errors/report-error.ts';
import { statusOf } from '../errors/status.ts';

/** Where the routes of the protocol begin. */
export const INFERENCE_PREFIX = '/v2';

/** Whether the path is one of the protocol's. */
export function isInference(url: string): boolean {
  return /^\/v2(\/|\?|$)/.test(url);
}

/** Statuses that mean the same in the protocol; any other fault of the caller's is a 400 there. */
const KEPT = new Set([400, 401, 403, 404, 405, 413, 415, 429, 500, 503]);

/**
 * In Triton's terms, a task without an adaptation that has succeeded is a model that is not ready (UNAVAILABLE), and an
 * adaptation that has not succeeded is no version of it (NOT_FOUND).
 */
export function inferenceStatus(code: ErrorCode): number {
  if (code === 'task_not_adapted') return 503;
  if (code === 'adaptation_not_succeeded') return 404;
  return KEPT.has(statusOf[code]) ? statusOf[code] : 400;
}

/** An error as the protocol tells it: one text, which therefore says where. */
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

/** Error about a tensor of the request, or the bytes it came in. */
export function refuse(pointer: string, expected: string, got: string): InnerloopError {
  const message = `Expected ${expected} at ${pointer}, got ${got}`;
  return new InnerloopError('invalid_input', message, { pointer, expected, got });
}

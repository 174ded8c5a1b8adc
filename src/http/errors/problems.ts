import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, type ErrorDetails, InnerloopError } from '../../errors.ts';
import { isInference, sendInferenceError } from '../inference/errors.ts';
import type { Limits } from '../limits.ts';
import type { ProblemBody } from '../schemas/problem.ts';
import { reportError } from './report-error.ts';
import { statusOf } from './status.ts';
import { validationError } from './validation-error.ts';

/** Sends an error as an answer. */
export type SendError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** Sends an error in the form of its route: that of the Open Inference Protocol, or an RFC 9457 problem on all other routes. */
export function createSendError(limits: Limits): SendError {
  return (error, request, reply) => {
    const send = isInference(request.url) ? sendInferenceError : sendProblem;
    return send(asInnerloopError(error, limits, request), request, reply);
  };
}

export function answerErrors(app: FastifyInstance, sendError: SendError): void {
  app.setErrorHandler(sendError);
  app.setNotFoundHandler((request) => {
    throw noSuchRoute(request);
  });
}

function sendProblem(error: InnerloopError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { detail, details } = reportError(error, request, reply);
  return reply
    .code(statusOf[error.code])
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem(error.code, detail, pathOf(request), details)));
}

function noSuchRoute(request: FastifyRequest): InnerloopError {
  const message = `Expected a route of this API (see /docs), got ${request.method} ${pathOf(request)}`;
  return new InnerloopError('not_found', message);
}

/** Converts any error to the InnerloopError that the answer shows. */
function asInnerloopError(
  error: FastifyError | InnerloopError,
  limits: Limits,
  request: FastifyRequest,
): InnerloopError {
  if (error instanceof InnerloopError) return error;
  if (error.validation) {
    const invalid = validationError(error.validation, error.validationContext ?? 'body');
    return withItemName(invalid, request);
  }
  const code = frameworkCodes[error.code] ?? (isCallersFault(error) ? 'invalid_request' : 'internal');
  if (code === 'payload_too_large') return tooLarge(error, limits);
  const expected = expectations[error.code];
  if (expected === undefined) return new InnerloopError(code, error.message, { cause: error });
  const got = code === 'unsupported_media_type' ? mediaTypeOf(request) : unparsable;
  return new InnerloopError(code, `Expected ${expected}, got ${got}`, { expected, got, cause: error });
}

/** Adds the name of the item that the error is about, if the body has names for its items, such as lines. */
function withItemName(error: InnerloopError, { itemName }: FastifyRequest): InnerloopError {
  const [, item] = /^\/\w+\/(\d+)/.exec(error.details.pointer ?? '') ?? [];
  if (!itemName || item === undefined) return error;
  return new InnerloopError(error.code, `${error.message}${itemName(Number(item))}`, error.details);
}

const unparsable = 'text that is not JSON, or that has a member __proto__ or constructor.prototype';
const expectations: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    "a body of application/json (curl: -H 'content-type: application/json'), multipart/form-data (curl: -F), text/csv, application/x-ndjson or application/zip",
  FST_ERR_CTP_INVALID_JSON_BODY: 'a JSON body',
};

const frameworkCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_FILES_LIMIT: 'payload_too_large',
  FST_PARTS_LIMIT: 'payload_too_large',
};

function tooLarge({ code }: FastifyError, { bodyBytes, files }: Limits): InnerloopError {
  const isBody = code === 'FST_ERR_CTP_BODY_TOO_LARGE';
  const expected = isBody ? `a body of at most ${bodyBytes} bytes` : `at most ${files} files`;
  return new InnerloopError('payload_too_large', `Expected ${expected}, got more`, { expected, got: 'more' });
}

function mediaTypeOf({ headers }: FastifyRequest): string {
  return headers['content-type']?.slice(0, 100) ?? 'a body without a media type';
}

function isCallersFault({ statusCode }: FastifyError): boolean {
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500;
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] as string;
}

export const PROBLEM_TYPE = 'application/problem+json';

/** An error in the form of RFC 9457. `instance` is the path of the request. */
export function problem(
  code: ErrorCode,
  detail: string,
  instance: string,
  details: ErrorDetails,
): ProblemBody {
  const { pointer, expected, got } = details;
  return {
    type: `urn:innerloop:problem:${code}`,
    title: titleOf(code),
    status: statusOf[code],
    detail,
    instance,
    code,
    ...(pointer !== undefined && { pointer }),
    ...(expected !== undefined && { expected }),
    ...(got !== undefined && { got }),
  };
}

/** `task_not_found` → `Task not found` */
function titleOf(code: ErrorCode): string {
  return code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');
}

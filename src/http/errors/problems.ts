import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, type ErrorDetails, InnerloopError } from '../../errors.ts';
import { bodyOf } from '../bodies/batch.ts';
import { limitOf } from '../bodies/content-headers.ts';
import { notJson } from '../bodies/json.ts';
import { type Limits, MAX_PARAM_LENGTH } from '../limits.ts';
import type { ProblemBody } from '../schemas/shared/problem.ts';
import { reportError } from './report-error.ts';
import { statusOf } from './status.ts';
import { validationError } from './validation-error.ts';

/** Sends an error as an answer. */
export type SendError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** Sends an error in the form that `send` gives it. Without `send`, it is an RFC 9457 problem. */
export function createSendError(limits: Limits, send = sendProblem): SendError {
  return (error, request, reply) => send(asInnerloopError(error, limits, request), request, reply);
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

export function noSuchRoute(request: FastifyRequest): InnerloopError {
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
    if (isWithoutBody(error, request)) return noBody();
    const invalid = validationError(error.validation, error.validationContext ?? 'body');
    return withItemName(invalid, request);
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge(request, limits);
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return wrongType(error, request);
  if (error.code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return noBody();
  if (error.code === 'FST_ERR_BAD_URL')
    return wrongPath(error, 'percent-escapes of UTF-8 in the path', request);
  if (error.code === 'FST_ERR_MAX_PARAM_LENGTH')
    return wrongPath(error, `at most ${MAX_PARAM_LENGTH} characters in each name in the path`, request);
  if (error.code !== 'FST_ERR_CTP_INVALID_JSON_BODY')
    return new InnerloopError(isCallersFault(error) ? 'invalid_request' : 'internal', error.message, {
      cause: error,
    });
  const [expected, got] = ['a JSON body', notJson(error)];
  return new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, {
    expected,
    got,
    cause: error,
  });
}

/** curl sends this type with `-d` and `--data-binary`, unless it is given another. */
const CURLS_TYPE = 'application/x-www-form-urlencoded';

function wrongType(cause: FastifyError, { routeOptions, headers }: FastifyRequest): InnerloopError {
  const expected = bodyOf(routeOptions.schema?.body);
  const got = headers['content-type']?.slice(0, 100) ?? 'a body without a media type';
  const advice =
    got === CURLS_TYPE ? ": name the type of the body (curl: -H 'content-type: application/json')" : '';
  const message = `Expected ${expected}, got ${got}${advice}`;
  return new InnerloopError('unsupported_media_type', message, { expected, got, cause });
}

function wrongPath(cause: FastifyError, expected: string, request: FastifyRequest): InnerloopError {
  const got = JSON.stringify(pathOf(request).slice(0, 100));
  return new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, { expected, got, cause });
}

/** Adds the name of the item that the error is about, if the body has names for its items, such as lines. */
function withItemName(error: InnerloopError, { itemName }: FastifyRequest): InnerloopError {
  const [, item] = /^\/\w+\/(\d+)/.exec(error.details.pointer ?? '') ?? [];
  if (!itemName || item === undefined) return error;
  return new InnerloopError(error.code, `${error.message}${itemName(Number(item))}`, error.details);
}

/** No body was sent, even if the headers describe one. */
function isWithoutBody({ validationContext }: FastifyError, { body, headers }: FastifyRequest): boolean {
  const isEmpty =
    headers['content-length'] === '0' || !(headers['content-length'] ?? headers['transfer-encoding']);
  return validationContext === 'body' && (body === null || body === undefined) && isEmpty;
}

function noBody(): InnerloopError {
  const [expected, got] = ['a body', 'none'];
  return new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, {
    pointer: '',
    expected,
    got,
  });
}

function bodyTooLarge(request: FastifyRequest, limits: Limits): InnerloopError {
  const { bytes, setting } = limitOf(request, limits);
  const expected = `a body of at most ${bytes} bytes (${setting})`;
  return new InnerloopError('payload_too_large', `Expected ${expected}, got more`, { expected, got: 'more' });
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

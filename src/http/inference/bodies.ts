import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { createJsonParser } from '../bodies/json.ts';
import { divide, type Frame, HEADER_LENGTH } from './binary-framing.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The parts of the body, on routes of the inference protocol; null if the request has no body. */
    frame: Frame | null;
  }
}

const JSON_TYPE = /^application\/(json|octet-stream)\s*(;|$)/i;

/**
 * Accepts the bodies of the inference protocol: JSON, JSON followed by tensors, or one tensor without JSON. The JSON part
 * becomes the body that schemas check. Any body is parsed without a media type: Triton's own clients do not send one.
 */
export function acceptInferenceBodies(app: FastifyInstance): void {
  const parseJson = createJsonParser(app);
  app.decorateRequest('frame', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    requireMediaType(request);
    const frame = divide(body, request.headers[HEADER_LENGTH]?.toString());
    request.frame = frame;
    if (frame.json === null) done(null, RAW_TENSOR_BODY);
    else parseJson(request, frame.json, done);
  });
}

/** The parts of a body that the parser has read. */
export function frameOf({ frame, routeOptions }: FastifyRequest): Frame {
  if (frame === null) throw new Error(`Expected a body at ${routeOptions.url}, got none`);
  return frame;
}

/** The `body` of a request with one tensor and no JSON. It asks for every output, in binary form. */
const RAW_TENSOR_BODY = Object.freeze({ inputs: [], parameters: { binary_data_output: true } });

/** @throws InnerloopError `unsupported_media_type` */
function requireMediaType({ headers }: FastifyRequest): void {
  const type = headers['content-type'] ?? 'application/json';
  if (JSON_TYPE.test(type)) return;
  const expected = 'a body of application/json or application/octet-stream';
  const got = type.slice(0, 100);
  throw new InnerloopError('unsupported_media_type', `Expected ${expected}, got ${got}`, { expected, got });
}

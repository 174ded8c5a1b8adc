import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { divide, type Frame, HEADER_LENGTH } from '../inference/framing.ts';
import { createJsonParser } from './json.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came, on routes of the inference protocol; null where none did. */
    frame: Frame | null;
  }
}

const JSON_TYPE = /^application\/(json|octet-stream)\s*(;|$)/i;

/**
 * Bodies of the inference protocol: JSON, JSON with tensors after it, or one tensor alone. The JSON part becomes the
 * body that schemas check. Triton's own clients name no media type.
 */
export function acceptInferenceBodies(app: FastifyInstance): void {
  const parseJson = createJsonParser(app);
  app.decorateRequest('frame', null);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    requireMediaType(request);
    const frame = divide(body, request.headers[HEADER_LENGTH]?.toString());
    request.frame = frame;
    if (frame.json === null) done(null, ALONE);
    else parseJson(request, frame.json, done);
  });
}

/** How the body came. */
export function frameOf({ frame, routeOptions }: FastifyRequest): Frame {
  if (frame === null) throw new Error(`Expected a body at ${routeOptions.url}, got none`);
  return frame;
}

/** What a tensor that comes alone asks for: every output, in the form it has itself. */
const ALONE = Object.freeze({ inputs: [], parameters: { binary_data_output: true } });

/** @throws InnerloopError `unsupported_media_type` */
function requireMediaType({ headers }: FastifyRequest): void {
  const type = headers['content-type'] ?? 'application/json';
  if (JSON_TYPE.test(type)) return;
  const expected = 'a body of application/json or application/octet-stream';
  const got = type.slice(0, 100);
  throw new InnerloopError('unsupported_media_type', `Expected ${expected}, got ${got}`, { expected, got });
}

import { Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import type { Limits } from '../limits.ts';
import { kindOfBody } from './kinds.ts';

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * Decompresses bodies with a `Content-Encoding`. The size limit counts decompressed bytes, and decompression stops at the
 * limit: a few compressed kilobytes can expand to gigabytes.
 * @see RFC 9110, section 8.4; RFC 7694 for the answer to an encoding that is not supported
 */
export function acceptCompression(app: FastifyInstance, limits: Limits): void {
  // With a callback, because an async hook costs each request a promise.
  app.addHook('preParsing', (request, reply, payload, done) => {
    const encoding = encodingOf(request);
    if (encoding === 'identity') {
      done(null, payload);
      return;
    }
    const create = Object.hasOwn(decoders, encoding) ? decoders[encoding] : undefined;
    if (create) {
      done(null, decompressed(payload, create(), encoding, limitOf(request, limits).bytes));
      return;
    }
    reply.header('accept-encoding', 'gzip, deflate, br');
    const expected = 'a body with content-encoding gzip, deflate, br or none';
    const got = encoding.slice(0, 100);
    done(new InnerloopError('unsupported_media_type', `Expected ${expected}, got ${got}`, { expected, got }));
  });
}

function encodingOf({ headers }: FastifyRequest): string {
  return headers['content-encoding']?.trim().toLowerCase() || 'identity';
}

/** A size limit of a body, and the setting that changes it. */
interface BodyLimit {
  readonly bytes: number;
  readonly setting: string;
}

export function limitOf({ headers }: FastifyRequest, limits: Limits): BodyLimit {
  const { limit, setting } = kindOfBody(headers['content-type']);
  return { bytes: limits[limit], setting };
}

function decompressed(payload: RequestPayload, decoder: Transform, encoding: string, most: number) {
  // `pipeline` would destroy the request on an error, and its connection with it; the caller would get no answer.
  payload.once('error', (error) => decoder.destroy(error));
  payload.once('close', () => payload.readableEnded || decoder.destroy());
  payload.pipe(decoder);
  let received = 0;
  payload.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  async function* chunks(): AsyncGenerator<Buffer> {
    let bytes = 0;
    try {
      for await (const chunk of decoder) {
        bytes += chunk.length;
        if (bytes > most) throw tooLarge(most);
        yield chunk;
      }
    } catch (cause) {
      if (cause instanceof InnerloopError) throw cause;
      const got = cause instanceof Error ? cause.message : String(cause);
      const message = `Expected a body compressed with ${encoding}, got one that cannot be decompressed: ${got}`;
      throw new InnerloopError('invalid_request', message, { expected: encoding, got, cause });
    } finally {
      payload.unpipe(decoder);
    }
  }
  const stream = Readable.from(chunks(), { objectMode: false });
  // The framework compares this with the Content-Length.
  return Object.defineProperty(stream, 'receivedEncodedLength', { get: () => received });
}

function tooLarge(most: number): InnerloopError {
  const expected = `a body of at most ${most} bytes when decompressed`;
  return new InnerloopError('payload_too_large', `Expected ${expected}, got more`, { expected, got: 'more' });
}

/**
 * Ignores the media type of a request without a body. Many clients send `Content-Type` on every call; the framework would
 * then parse the empty body as JSON and refuse it.
 */
export function ignoreTypeOfEmptyBody(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
    if (encoding === undefined && Number(length) === 0) {
      delete headers['content-type'];
      delete headers['content-encoding'];
    }
    done();
  });
}

import { isAscii as areAscii, isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';

/** Most headers are ASCII, which is UTF-8. */
const ASCII = /^[\x20-\x7e\t]*$/;
const REPLACEMENT = '\ufffd';
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);

/** The headers that we read as text. Node decodes headers as latin1: one character per byte. */
const HEADERS = [
  'content-type',
  'content-encoding',
  'idempotency-key',
  'inference-header-content-length',
  'last-event-id',
  'prefer',
  'traceparent',
  'x-request-id',
] as const;

/**
 * Decodes bytes as UTF-8; `place` names them in the error. Node's own decoder would replace each wrong byte by U+FFFD, and
 * two different labels could become the same.
 * @throws InnerloopError `invalid_request` if the bytes are not UTF-8.
 */
export function decodeUtf8(bytes: Buffer, place: string): string {
  if (isUtf8(bytes)) return bytes.toString();
  throw notUtf8(bytes, place);
}

/** Error for bytes that are not UTF-8. It names the first wrong byte, its position and the text before it. */
export function notUtf8(bytes: Buffer, place: string, pointer?: string): InnerloopError {
  const { offset, before } = firstFault(bytes);
  const after = before === '' ? '' : `, after ${JSON.stringify(before.slice(-24))}`;
  const got = `not UTF-8: byte 0x${bytes.toString('hex', offset, offset + 1)} at position ${offset}${after}`;
  const expected = `UTF-8 in ${place}`;
  return new InnerloopError('invalid_request', `Expected ${expected}, got text that is ${got}`, {
    ...(pointer !== undefined && { pointer }),
    expected,
    got,
  });
}

/** The position of the first byte that is not UTF-8, and the text before it. There must be such a byte. */
export function firstFault(bytes: Buffer): { readonly offset: number; readonly before: string } {
  const text = bytes.toString();
  let offset = 0;
  for (let from = 0; ; from++) {
    const at = text.indexOf(REPLACEMENT, from);
    offset += Buffer.byteLength(text.slice(from, at));
    const isGenuine = bytes.subarray(offset, offset + REPLACEMENT_BYTES.length).equals(REPLACEMENT_BYTES);
    if (!isGenuine) return { offset, before: text.slice(0, at) };
    offset += REPLACEMENT_BYTES.length;
    from = at;
  }
}

/** Refuses requests whose query or headers are not UTF-8, or whose body has another charset. Body parsers check the body. */
export function requireUtf8(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers, raw } = request;
    requireUtf8Query(raw.url ?? '');
    for (const name of HEADERS) {
      const value = headers[name];
      if (value !== undefined && !ASCII.test(String(value)))
        decodeUtf8(Buffer.from(String(value), 'latin1'), `the header ${name}`);
    }
    done();
  });
  app.addHook('preParsing', (request, _reply, payload, done) => {
    requireUtf8Charset(request);
    done(null, payload);
  });
}

/** The router refuses paths with broken percent-escapes, but it keeps broken escapes in a query. */
function requireUtf8Query(url: string): void {
  const query = url.slice(url.indexOf('?') + 1);
  if (!url.includes('?')) return;
  try {
    decodeURIComponent(query);
    if (isAscii(query)) return;
  } catch {
    // Broken percent-escapes: refused below.
  }
  const expected = 'percent-escapes of UTF-8 in the query';
  const got = `not UTF-8: ${JSON.stringify(query.slice(0, 100))}`;
  throw new InnerloopError('invalid_request', `Expected ${expected}, got text that is ${got}`, {
    expected,
    got,
  });
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** @throws InnerloopError `unsupported_media_type` for a charset other than UTF-8. */
function requireUtf8Charset({ headers }: FastifyRequest): void {
  const charset = otherCharset(headers['content-type']);
  if (charset !== undefined) throw wrongCharset('a body in UTF-8', charset);
}

/** Charsets that write ASCII as UTF-8 does. Java's and Python's libraries name them by default. */
const LIKE_ASCII = /^(us-ascii|iso-8859-\d{1,2}|windows-125\d)$/i;

/**
 * Checks the charset that a media type names. `place` names the bytes in the error.
 * @throws InnerloopError `unsupported_media_type` for a charset in which the bytes may be another text than in UTF-8
 */
export function requireSameInUtf8(mediaType: string | undefined, bytes: Buffer, place: string): void {
  const charset = otherCharset(mediaType);
  if (charset === undefined || (LIKE_ASCII.test(charset) && areAscii(bytes))) return;
  throw wrongCharset(`UTF-8 in ${place}`, charset);
}

/** The charset in a media type if it is not UTF-8. */
function otherCharset(mediaType: string | undefined): string | undefined {
  const [, charset] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(mediaType ?? '') ?? [];
  return charset === undefined || /^utf-?8$/i.test(charset) ? undefined : charset;
}

function wrongCharset(expected: string, charset: string): InnerloopError {
  const got = `charset=${charset.slice(0, 40)}`;
  return new InnerloopError('unsupported_media_type', `Expected ${expected}, got ${got}`, { expected, got });
}

import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';

const REPLACEMENT = '\ufffd';
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);

/** Headers whose text we read. Node hands out each byte of a header as one character. */
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
 * The text of these bytes; `place` names them in the error. Node's own conversion would put U+FFFD for each wrong byte,
 * and so make one label of two.
 * @throws InnerloopError `invalid_request` when they are not UTF-8.
 */
export function decodeUtf8(bytes: Buffer, place: string): string {
  if (isUtf8(bytes)) return bytes.toString();
  throw notUtf8(bytes, place);
}

/** Error for bytes that are not UTF-8: it says where they stop to be. */
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

/** Position of the first byte that is not UTF-8, and the text before it. The bytes must have one. */
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

/** Refuses requests whose query, headers or media type cannot be read as UTF-8. Bodies are checked where they are parsed. */
export function requireUtf8(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers, raw } = request;
    requireUtf8Query(raw.url ?? '');
    for (const name of HEADERS) {
      const value = headers[name];
      if (value !== undefined) decodeUtf8(Buffer.from(String(value), 'latin1'), `the header ${name}`);
    }
    done();
  });
  app.addHook('preParsing', (request, _reply, payload, done) => {
    requireUtf8Charset(request);
    done(null, payload);
  });
}

/** The router itself refuses paths; broken escapes in a query would be taken as they are. */
function requireUtf8Query(url: string): void {
  const query = url.slice(url.indexOf('?') + 1);
  if (!url.includes('?')) return;
  try {
    decodeURIComponent(query);
    if (isAscii(query)) return;
  } catch {
    // Refused below.
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
function requireUtf8Charset({ headers, is404 }: FastifyRequest): void {
  const [, charset] = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '') ?? [];
  if (is404 || charset === undefined || /^utf-?8$/i.test(charset)) return;
  const expected = 'a body in UTF-8';
  const got = `charset=${charset.slice(0, 40)}`;
  throw new InnerloopError('unsupported_media_type', `Expected ${expected}, got ${got}`, { expected, got });
}

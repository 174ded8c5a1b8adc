import { InnerloopError } from '../../../errors.ts';

/** One part of a form. Its headers are decoded as latin1 (one character per byte), as Node decodes HTTP headers. */
export interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Options {
  readonly boundary: string;
  /** Called with the headers of a part before its body is read; may throw. */
  begin(headers: Part['headers']): void;
  /** Called with the bytes read so far, of the part and of the whole body; may throw. */
  count(partBytes: number, totalBytes: number): void;
}

const LINE_END = Buffer.from('\r\n');
const HEADERS_END = Buffer.from('\r\n\r\n');
const MAX_HEADER_BYTES = 16 * 1024;
const CLOSING = '--';
/** The headers of a part that have a meaning. Others are ignored. */
const READ_HEADERS = new Set(['content-disposition', 'content-type', 'content-transfer-encoding']);
/** The limit of RFC 2046. It bounds the search for a delimiter, whose time per byte can grow with the length of the delimiter. */
const MAX_BOUNDARY_LENGTH = 70;

/**
 * Reads the parts of a multipart body in order. The source is read only as far as the part that the caller asks for, plus
 * the rest of the last chunk. We do not use a library: libraries decode names before we can check their UTF-8, and
 * they drop parts that they cannot read. This parser refuses both.
 *
 * @see RFC 7578; RFC 2046, section 5.1
 */
export async function* readParts(
  source: AsyncIterator<Buffer>,
  { boundary, begin, count }: Options,
): AsyncGenerator<Part> {
  if (boundary.length > MAX_BOUNDARY_LENGTH) {
    throw malformed(`a boundary of more than ${MAX_BOUNDARY_LENGTH} characters in its content-type`);
  }
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  let total = 0;
  const read = createReader({
    async next() {
      const { done, value } = await source.next();
      if (done) throw malformed('one that is cut short');
      total += value.length;
      count(0, total);
      return value;
    },
  });
  // A delimiter begins with a line end, but the body may begin with the first delimiter: the reader adds that line end.
  await read.until(delimiter, () => undefined);
  while ((await read.peek(CLOSING.length)) !== CLOSING) {
    const lines: Buffer[] = [];
    let headerBytes = 0;
    await read.until(HEADERS_END, (piece) => {
      headerBytes += piece.length;
      if (headerBytes > MAX_HEADER_BYTES) throw malformed(`headers of more than ${MAX_HEADER_BYTES} bytes`);
      lines.push(piece);
    });
    const headers = parseHeaders(Buffer.concat(lines).toString('latin1'));
    begin(headers);
    const chunks: Buffer[] = [];
    let bytes = 0;
    await read.until(delimiter, (piece) => {
      bytes += piece.length;
      count(bytes, total);
      chunks.push(piece);
    });
    yield { headers, body: Buffer.concat(chunks, bytes) };
  }
  // Ignore any bytes after the last delimiter, but read them, so that the connection can be used again.
  for (let rest = await source.next(); !rest.done; rest = await source.next()) {
    total += rest.value.length;
    count(0, total);
  }
}

/** Reads chunks up to a mark, and skips the mark. The mark may be divided between chunks. */
function createReader({ next }: { next(): Promise<Buffer> }) {
  let rest: Buffer = LINE_END;
  const more = async (kept: Buffer) => {
    const chunk = await next();
    rest = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
  };
  return {
    async until(mark: Buffer, take: (piece: Buffer) => void): Promise<void> {
      for (;;) {
        const at = rest.indexOf(mark);
        if (at >= 0) {
          take(rest.subarray(0, at));
          rest = rest.subarray(at + mark.length);
          return;
        }
        const end = Math.max(0, rest.length - mark.length + 1);
        take(rest.subarray(0, end));
        await more(rest.subarray(end));
      }
    },
    async peek(length: number): Promise<string> {
      while (rest.length < length) await more(rest);
      return rest.toString('latin1', 0, length);
    },
  };
}

/** Parses the text between a delimiter and an empty line. The first line is the rest of the delimiter's line: only spaces. */
function parseHeaders(text: string): Part['headers'] {
  const [padding, ...lines] = text.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  if (!/^[ \t]*$/.test(padding ?? '')) throw malformed('a delimiter that does not end its line');
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    // Only match the name. A pattern that also skips the spaces before the value takes quadratic time on some bad lines.
    const [, name] = /^([!#$%&'*+.^`|~\w-]+)[ \t]*:/.exec(line) ?? [];
    if (name === undefined || /[\r\n]/.test(line))
      throw malformed('a part with a header that cannot be read');
    const key = name.toLowerCase();
    if (key in headers && READ_HEADERS.has(key)) throw malformed(`a part with the header ${key} twice`);
    headers[key] ??= line.slice(line.indexOf(':') + 1).trim();
  }
  return headers;
}

/** Error for a body that is not a well-formed form. */
export function malformed(got: string): InnerloopError {
  const expected = 'multipart/form-data';
  const message = `Expected a well-formed ${expected} body, got ${got}`;
  return new InnerloopError('invalid_request', message, { expected, got });
}

import { InnerloopError } from '../../errors.ts';

/** The formats that are decoded. libvips reads more, but each further one is more code that a stranger's bytes reach. */
export type Format = 'PNG' | 'JPEG' | 'WebP';
export const ACCEPTED = 'a PNG, JPEG or WebP file';

/** Whether the first bytes of a file, as Latin-1 text, are a format's. */
type Signature = (start: string) => boolean;

const at =
  (offset: number, ...texts: readonly string[]): Signature =>
  (start) =>
    texts.some((text) => start.startsWith(text, offset));
const like =
  (pattern: RegExp, from: (start: string) => string = (start) => start): Signature =>
  (start) =>
    pattern.test(from(start));

/** Before the first element of XML or HTML: a byte order mark, spaces, a declaration, comments, the type of an SVG. */
const BEFORE_MARKUP = /^(\xef\xbb\xbf|\s+|<\?xml.*?\?>|<!--.*?-->|<!DOCTYPE svg[^>]*>)/is;

/** Each piece is taken off by itself: one pattern for all of them takes exponential time on comments without an element. */
function startOfMarkup(start: string): string {
  let rest = start;
  for (let [piece] = BEFORE_MARKUP.exec(rest) ?? []; piece; [piece] = BEFORE_MARKUP.exec(rest) ?? []) {
    rest = rest.slice(piece.length);
  }
  return rest;
}

const signatures: readonly (readonly [format: Format, signature: Signature])[] = [
  ['PNG', at(0, '\x89PNG\r\n\x1a\n')],
  ['JPEG', at(0, '\xff\xd8\xff')],
  ['WebP', like(/^RIFF.{4}WEBP/s)],
];

/** Other file formats, so that the error message can name them. The first match counts. */
const others: readonly (readonly [name: string, signature: Signature])[] = [
  ['an AVIF picture', like(/^.{4}ftyp(avi[fs]|(mif1|msf1|miaf).{4,32}avi[fs])/s)],
  ['a HEIC picture', like(/^.{4}ftyp(he(ic|ix|im|is|vc|vx|vm|vs)|mif[12]|msf1|miaf)/s)],
  ["a camera's raw picture", at(4, 'ftypcrx')],
  ['a video', like(/^(.{4}ftyp|RIFF.{4}AVI )/s)],
  ['a video', at(0, '\x1aE\xdf\xa3')],
  ["a camera's raw picture", at(0, 'FUJIFILMCCD-RAW', 'IIRO', 'IIU\0')],
  ["a camera's raw picture", (start) => start.startsWith('II*\0') && start.startsWith('CR', 8)],
  ['a TIFF picture', at(0, 'II*\0', 'II+\0', 'MM\0*', 'MM\0+')],
  ['a GIF picture', at(0, 'GIF87a', 'GIF89a')],
  ['a BMP picture', (start) => start.startsWith('BM') && start.startsWith('\0\0\0\0', 6)],
  ['an icon (ICO)', (start) => start.startsWith('\0\0\x01\0') && start.startsWith('\0', 5)],
  ['a cursor (CUR)', (start) => start.startsWith('\0\0\x02\0') && start.startsWith('\0', 5)],
  ['a JPEG XL picture', at(0, '\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n')],
  ['a JPEG 2000 picture', at(0, '\xff\x4f\xff\x51', '\0\0\0\x0cjP  \r\n\x87\n')],
  ['a PDF document', like(/^.{0,64}%PDF-/s)],
  ['a PostScript document', at(0, '%!PS', '\xc5\xd0\xd3\xc6')],
  ['a Photoshop document', at(0, '8BPS')],
  ['an OpenEXR picture', at(0, '\x76\x2f\x31\x01')],
  ['a Radiance HDR picture', at(0, '#?RADIANCE', '#?RGBE')],
  ['a DDS picture', at(0, 'DDS ')],
  ['a QOI picture', at(0, 'qoif')],
  ['a FLIF picture', at(0, 'FLIF')],
  ['a PNM picture', like(/^P[1-7][\s#]/)],
  ['a GIMP document', at(0, 'gimp xcf')],
  ['an SVG drawing', like(/^<svg[\s>]/i, startOfMarkup)],
  ['an HTML page', like(/^<(!doctype html|html|head|body)[\s>]/i, startOfMarkup)],
  ['a ZIP archive', at(0, 'PK\x03\x04', 'PK\x05\x06')],
  ['a gzip file', at(0, '\x1f\x8b')],
  ['base64 of a PNG, in place of its bytes', at(0, 'iVBORw0KGgo')],
  ['base64 of a JPEG, in place of its bytes', at(0, '/9j/')],
  ['a data URL, in place of its bytes', like(/^data:[^,]{0,256},/)],
];

/** Number of bytes to compare with signatures. It is large because XML may start with a long comment. */
const START = 1024;

/** @throws InnerloopError `invalid_image` that names the format of the file, if it is known */
export function formatOf(file: Uint8Array): Format {
  const start = Buffer.from(file.subarray(0, START)).toString('latin1');
  const format = signatures.find(([, matches]) => matches(start))?.[0];
  if (format) return format;
  const name = others.find(([, matches]) => matches(start))?.[0];
  throw notAPicture(name ?? describeBytes(file));
}

function describeBytes(file: Uint8Array): string {
  if (file.length === 0) return 'an empty file';
  const bytes = Buffer.from(file.subarray(0, 12));
  const text = bytes.toString('latin1');
  const shown = /^[ -~]+$/.test(text) ? JSON.stringify(text) : bytes.toString('hex', 0, 8);
  return `${file.length} bytes that start with ${shown}`;
}

/** Maximum length of a reason in a message. libvips repeats some reasons once for each line of the picture. */
const REASON = 160;

/**
 * The error for a file that cannot be decoded. libvips keeps one error text for all threads, so under load the decoder's
 * reason can be missing. Therefore the commonest reason, a file that ends early, is found from the file itself.
 * @param cause The decoder's error; its first line is the reason.
 */
export function damaged(cause: unknown, file: Uint8Array, format: Format): InnerloopError {
  const [line = ''] = String(cause instanceof Error ? cause.message : cause)
    .replace(/^Input buffer has corrupt header: /, '')
    .trim()
    .split('\n');
  const given = line === NO_REASON ? '' : line.replace(/[^ -~]/g, '?').slice(0, REASON);
  const reason = endsEarly[format](Buffer.from(file.buffer, file.byteOffset, file.byteLength))
    ? 'the file ends early'
    : given;
  return notAPicture(`a damaged or incomplete file${reason && ` (${reason})`}`, cause);
}

/** libvips's text when another thread has cleared its error. */
const NO_REASON = 'Unknown error';

/** Whether the end of a file is missing. */
const endsEarly: Readonly<Record<Format, (file: Buffer) => boolean>> = {
  PNG: (file) => !file.includes('IEND'),
  // The last scan has no end marker. Coded data cannot contain the marker of a scan.
  JPEG: (file) => file.lastIndexOf('ffd9', undefined, 'hex') < file.lastIndexOf('ffda', undefined, 'hex'),
  WebP: (file) => file.length < 12 || file.readUInt32LE(4) + 8 > file.length,
};

function notAPicture(got: string, cause?: unknown): InnerloopError {
  const details = { expected: ACCEPTED, got, ...(cause !== undefined && { cause }) };
  return new InnerloopError('invalid_image', `Expected ${ACCEPTED}, got ${got}`, details);
}

import { describeFile, formatAmong } from '../../domain/file-formats/format-of-file.ts';
import { type PictureFormat, pictureFormats } from '../../domain/file-formats/formats.ts';
import { InnerloopError } from '../../errors.ts';

const ACCEPTED = 'a PNG, JPEG or WebP file';

/** @throws InnerloopError `invalid_image` that names the format of the file, if it is known */
export function formatOf(file: Uint8Array): PictureFormat {
  const format = formatAmong(pictureFormats, file);
  if (format) return format.id;
  throw notAPicture(describeFile(file));
}

/** Maximum length of a reason in a message. libvips repeats some reasons once for each line of the picture. */
const REASON = 160;

/**
 * The error for a file that cannot be decoded. libvips keeps one error text for all threads, so under load the decoder's
 * reason can be missing. Therefore the commonest reason, a file that ends early, is found from the file itself.
 * @param cause The decoder's error; its first line is the reason.
 */
export function damaged(cause: unknown, file: Uint8Array, format: PictureFormat): InnerloopError {
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
const endsEarly: Readonly<Record<PictureFormat, (file: Buffer) => boolean>> = {
  PNG: (file) => !file.includes('IEND'),
  // The last scan has no end marker. Coded data cannot contain the marker of a scan.
  JPEG: (file) => file.lastIndexOf('ffd9', undefined, 'hex') < file.lastIndexOf('ffda', undefined, 'hex'),
  WebP: (file) => file.length < 12 || file.readUInt32LE(4) + 8 > file.length,
};

function notAPicture(got: string, cause?: unknown): InnerloopError {
  const details = { expected: ACCEPTED, got, ...(cause !== undefined && { cause }) };
  return new InnerloopError('invalid_image', `Expected ${ACCEPTED}, got ${got}`, details);
}

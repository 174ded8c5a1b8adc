import { describeFile, formatAmong } from '../../domain/file-formats/format-of-file.ts';
import { type SoundFormat, soundFormats } from '../../domain/file-formats/formats.ts';
import { InnerloopError } from '../../errors.ts';

export type CompressedFormat = Exclude<SoundFormat, 'WAV'>;
const ACCEPTED = 'a WAV, FLAC, MP3 or OGG file';

/** @throws InnerloopError `invalid_audio` that names the format of the file, if it is known */
export function soundFormatOf(file: Uint8Array): SoundFormat {
  const format = formatAmong(soundFormats, file);
  if (format) return format.id;
  throw notASound(describeFile(file));
}

/** The error for a file of a known format that cannot be decoded. */
export function damaged(format: SoundFormat, reason: string, cause?: unknown): InnerloopError {
  return notASound(`a damaged or incomplete ${format} file (${reason})`, cause);
}

function notASound(got: string, cause?: unknown): InnerloopError {
  return invalidSound(ACCEPTED, got, cause);
}

export function invalidSound(expected: string, got: string, cause?: unknown): InnerloopError {
  const details = { expected, got, ...(cause !== undefined && { cause }) };
  return new InnerloopError('invalid_audio', `Expected ${expected}, got ${got}`, details);
}

import { isUtf8 } from 'node:buffer';
import {
  documentFormats,
  type FileFormat,
  type FileKind,
  otherFormats,
  pictureFormats,
  soundFormats,
} from './formats.ts';

const formats: readonly FileFormat[] = [...pictureFormats, ...soundFormats, ...otherFormats];

/** Number of bytes to compare with signatures: an AVIF has its brands within 52 bytes. */
const START = 64;
/** The same for documents: XML may start with a long comment. */
const DOCUMENT_START = 1024;

/** The format of a file by its first bytes; null if no format starts like it. The file may still be broken. */
export function formatOfFile(file: Uint8Array): FileFormat | null {
  return firstOf(formats, file, START) ?? firstOf(documentFormats, file, DOCUMENT_START);
}

/** The same among a few formats. */
export function formatAmong<Format extends FileFormat>(
  formats: readonly Format[],
  file: Uint8Array,
): Format | null {
  return firstOf(formats, file, START);
}

function firstOf<Format extends FileFormat>(
  formats: readonly Format[],
  file: Uint8Array,
  length: number,
): Format | null {
  const start = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, length)).toString('latin1');
  return formats.find(({ isOf }) => isOf(start)) ?? null;
}

/** Whether a file is a picture or a sound by its first bytes. Null if it is neither, or may be a text. */
export function fileKindOf(file: Uint8Array): FileKind | null {
  return firstOf(formats, file, START)?.kind ?? null;
}

/** Whether a file is a text: UTF-8 without a zero byte, and neither a picture nor a sound. */
export function isTextFile(file: Uint8Array): boolean {
  return fileKindOf(file) === null && isUtf8(file) && !file.includes(0);
}

/** A file that was not expected, for messages: `a GIF picture`. */
export function describeFile(file: Uint8Array): string {
  if (file.length === 0) return 'an empty file';
  const format = formatOfFile(file);
  if (format) return format.name;
  const bytes = Buffer.from(file.subarray(0, 12));
  const text = bytes.toString('latin1');
  const shown = /^[ -~]+$/.test(text) ? JSON.stringify(text) : bytes.toString('hex', 0, 8);
  return `${file.length} bytes that start with ${shown}`;
}

/** The ends of names of files in these formats, for `extname`. */
export function endingsOf(formats: readonly FileFormat[]): ReadonlySet<string> {
  return new Set(formats.flatMap(({ endings = [] }) => endings));
}

import { InnerloopError } from '../../errors.ts';

export interface TextLimits {
  readonly maxBytes: number;
}

/** 100 kB: some 30 pages. */
export const defaultTextLimits: TextLimits = { maxBytes: 100_000 };

/** The text of UTF-8 bytes. @throws InnerloopError `invalid_input` when they are too many, or not UTF-8 */
export function readText(bytes: Uint8Array, { maxBytes }: TextLimits): string {
  if (bytes.length > maxBytes)
    throw invalid(`a text of at most ${maxBytes} bytes (MAX_TEXT_BYTES)`, `${bytes.length} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalid('text in UTF-8', 'other bytes', cause);
  }
}

function invalid(expected: string, got: string, cause?: unknown): InnerloopError {
  return new InnerloopError('invalid_input', `Expected ${expected}, got ${got}`, { expected, got, cause });
}

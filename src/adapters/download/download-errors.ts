import { InnerloopError } from '../../errors.ts';

/** An address without its query, which may hold a secret. */
export const shown = ({ origin, pathname }: URL) => `${origin}${pathname}`;

export const cannotDownload = (url: URL, reason: string, cause?: unknown) =>
  new InnerloopError('unavailable', `Cannot download ${shown(url)}: ${reason}`, { cause });

export function tooLarge(source: string, maxBytes: number, got: number): InnerloopError {
  const expected = `at most ${maxBytes} bytes`;
  return new InnerloopError('invalid_package', `Expected ${expected} at ${source}, got ${got}`, {
    expected,
    got: `${got}`,
  });
}

export function wrongDigest(source: string, expected: string, got: string): InnerloopError {
  const message = `Expected sha256 ${expected} of ${source}, got ${got}. The file was removed without being opened`;
  return new InnerloopError('invalid_package', message, { expected, got });
}

/** The innermost message: `fetch` wraps what the network says. */
export function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? networkReason(error.cause) : error.message;
}

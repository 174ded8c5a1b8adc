import { InnerloopError } from '../../errors.ts';

export const MAX_PAIRS = 16;
export const MAX_KEY_LENGTH = 64;
export const MAX_VALUE_LENGTH = 512;

/** @throws InnerloopError `invalid_request` when the metadata exceeds the limits */
export function checkMetadata(metadata: Readonly<Record<string, string>> = {}): void {
  const pairs = Object.entries(metadata);
  if (pairs.length > MAX_PAIRS) throw invalidMetadata(`at most ${MAX_PAIRS} pairs`, `${pairs.length}`);
  for (const [key, value] of pairs) {
    if (key.length > MAX_KEY_LENGTH)
      throw invalidMetadata(`keys of at most ${MAX_KEY_LENGTH} characters`, `${key.length}`);
    if (value.length > MAX_VALUE_LENGTH) {
      throw invalidMetadata(`values of at most ${MAX_VALUE_LENGTH} characters`, `${value.length}`);
    }
  }
}

function invalidMetadata(expected: string, got: string): InnerloopError {
  return new InnerloopError('invalid_request', `Expected metadata with ${expected}, got ${got}`, {
    pointer: '/metadata',
    expected,
    got,
  });
}

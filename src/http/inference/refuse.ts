import { InnerloopError } from '../../errors.ts';

/** What is wrong with a tensor, or with the bytes it came in. */
export function refuse(pointer: string, expected: string, got: string): InnerloopError {
  const message = `Expected ${expected} at ${pointer}, got ${got}`;
  return new InnerloopError('invalid_input', message, { pointer, expected, got });
}

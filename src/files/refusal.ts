import { InnerloopError } from '../errors.ts';

/** A file that cannot be read. The message says where in the file. */
export function refusal(expected: string, got: string, where = '', cause?: unknown): InnerloopError {
  const place = where === '' ? '' : ` ${where}`;
  return new InnerloopError('invalid_input', `Expected ${expected}${place}, got ${got}`, {
    expected,
    got,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A file that exceeds a limit. */
export function tooLarge(limit: string, got: string, where = ''): InnerloopError {
  const place = where === '' ? '' : ` ${where}`;
  const expected = `at most ${limit}`;
  return new InnerloopError('payload_too_large', `Expected ${expected}${place}, got ${got}`, {
    expected,
    got,
  });
}

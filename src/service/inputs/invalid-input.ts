import { type ErrorDetails, InnerloopError } from '../../errors.ts';

/** Error about an input. `pointer` is relative to the input; `atItem` adds the number of the input. */
export function invalidInput(pointer: string, expected: string, got: string): InnerloopError {
  const message = `Expected ${expected}, got ${got}`;
  return new InnerloopError('invalid_input', message, { pointer, expected, got });
}

/**
 * Adds the number of the example or input to an error of `work`. HTTP turns that number into a JSON pointer or the name of
 * a form's part.
 */
export function atItem<T>(item: number, work: () => T | Promise<T>): Promise<T> {
  return withDetails(work, (details) => ({ ...details, item }));
}

/** Puts a member, such as `/input`, before the pointer of an error of `work`. */
export function atMember<T>(member: string, work: () => T | Promise<T>): Promise<T> {
  return withDetails(work, (details) => ({ ...details, pointer: `${member}${details.pointer ?? ''}` }));
}

async function withDetails<T>(
  work: () => T | Promise<T>,
  change: (details: ErrorDetails) => ErrorDetails,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InnerloopError)) throw error;
    throw new InnerloopError(error.code, error.message, change(error.details));
  }
}

/** Describes a value for error messages: a short value as it is, any other value by its kind and length. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    return value.length <= 40 ? JSON.stringify(value) : `a string of ${value.length} characters`;
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return 'an object';
}

import { type ErrorDetails, InnerloopError } from '../../errors.ts';

/** Error about an input. `pointer` begins at the input; `atItem` adds which of the request's inputs it is. */
export function invalidInput(pointer: string, expected: string, got: string): InnerloopError {
  const message = `Expected ${expected}, got ${got}`;
  return new InnerloopError('invalid_input', message, { pointer, expected, got });
}

/**
 * Adds to an error of `work` that it is about the example or input number `item`. The service knows no more of the place:
 * HTTP makes a JSON pointer of it, or the name of a form's part.
 */
export function atItem<T>(item: number, work: () => T | Promise<T>): Promise<T> {
  return withDetails(work, (details) => ({ ...details, item }));
}

/** Adds to the pointer of an error of `work` the member it is in, e.g. `/input`. */
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

/** A value as an error message shows it: its kind, and its content where that is short. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    return value.length <= 40 ? JSON.stringify(value) : `a string of ${value.length} characters`;
  }
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return 'an object';
}

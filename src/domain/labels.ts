import { InnerloopError } from '../errors.ts';

/** In UTF-16 code units, as the `length` of a string. */
export const MAX_LABEL_LENGTH = 128;

/** @throws InnerloopError `invalid_support_set` at `/label` */
export function checkLabel(label: string | undefined): void {
  if (label !== undefined && label.length > 0 && label.length <= MAX_LABEL_LENGTH) return;
  const expected = `a label of 1 to ${MAX_LABEL_LENGTH} characters`;
  const got = label === undefined ? 'none' : `${label.length} characters`;
  throw new InnerloopError('invalid_support_set', `Expected ${expected}, got ${got}`, {
    pointer: '/label',
    expected,
    got,
  });
}

import { type ErrorCode, InnerloopError } from '../../../../src/errors.ts';

/** The code of an error of ours. Others are thrown. */
export function codeOf(error: unknown): string {
  if (error instanceof InnerloopError) return error.code;
  throw error;
}

/** Turns errors with these codes into null. */
export function unlessCode(...codes: readonly ErrorCode[]) {
  return (error: unknown): null => {
    if (error instanceof InnerloopError && codes.includes(error.code)) return null;
    throw error;
  };
}

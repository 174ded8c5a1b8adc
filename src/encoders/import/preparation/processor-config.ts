import { InnerloopError } from '../../../errors.ts';
import { printable } from '../../../graph/import/refusal.ts';

/** The content of a `preprocessor_config.json`. */
export type ProcessorConfig = Readonly<Record<string, unknown>>;

export function invalidConfig(member: string, expected: string, value: unknown): InnerloopError {
  const got = value === undefined ? 'nothing' : written(value);
  const message = `preprocessor_config.json /${member}: expected ${expected}, got ${got}`;
  return new InnerloopError('invalid_package', message, { pointer: `/${member}`, expected, got });
}

/** JSON of any depth and length, as a short text. */
function written(value: unknown): string {
  try {
    return printable(JSON.stringify(value));
  } catch {
    return 'a value that is nested too deep';
  }
}

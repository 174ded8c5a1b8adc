import { InnerloopError } from '../../errors.ts';

/** The content of a `preprocessor_config.json`. */
export type ProcessorConfig = Readonly<Record<string, unknown>>;

export function invalidConfig(member: string, expected: string, value: unknown): InnerloopError {
  const got = value === undefined ? 'nothing' : JSON.stringify(value);
  const message = `preprocessor_config.json /${member}: expected ${expected}, got ${got}`;
  return new InnerloopError('invalid_package', message, { pointer: `/${member}`, expected, got });
}

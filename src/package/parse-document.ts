import type { Static, TSchema } from 'typebox';
import { InnerloopError } from '../errors.ts';
import { type Problem, schemaProblems } from './schema-problems.ts';

export const MAX_MANIFEST_BYTES = 1024 * 1024;

/** A JSON file of this schema. @throws InnerloopError `invalid_package` that names the first wrong member, expected and got. */
export function parseDocument<Schema extends TSchema>(
  file: string,
  schema: Schema,
  bytes: Uint8Array,
): Static<Schema> {
  if (bytes.length > MAX_MANIFEST_BYTES) {
    const expected = `at most ${MAX_MANIFEST_BYTES} bytes`;
    throw invalidDocument(file, { pointer: '', expected, got: `${bytes.length}` });
  }
  const value = parseJson(file, new TextDecoder().decode(bytes));
  const [wrong] = schemaProblems(schema, value);
  if (wrong) throw invalidDocument(file, wrong);
  return value as Static<Schema>;
}

export function invalidDocument(file: string, wrong: Problem): InnerloopError {
  const { pointer, expected, got } = wrong;
  const message = `${file} ${pointer}: expected ${expected}, got ${got}`.replace(' :', ':');
  return new InnerloopError('invalid_package', message, { ...wrong });
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InnerloopError('invalid_package', `${file}: expected JSON`, { cause });
  }
}

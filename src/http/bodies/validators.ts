import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';

/**
 * Bodies are taken as they are: a numeral in quotes or a stray member is refused, never repaired, since a
 * repaired tensor is a wrong answer with status 200. Paths, queries and headers are text and must be converted.
 */
export function createValidatorCompiler(): FastifySchemaCompiler<TSchema> {
  const common = { allErrors: false, verbose: true, keywords: ['x-form', 'x-binary', 'x-examples'] };
  const strict = new Ajv({ ...common, coerceTypes: false, removeAdditional: false, useDefaults: false });
  const text = new Ajv({ ...common, coerceTypes: true, removeAdditional: false, useDefaults: true });
  return ({ schema, httpPart }) => (httpPart === 'body' ? strict : text).compile(schema);
}

import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { FORM_BODY } from './forms.ts';
import { dropNulls } from './nulls.ts';

/**
 * Bodies are not repaired: a number in quotes or an unknown member is refused, since a repaired tensor would be a wrong
 * answer with status 200. Only null is taken for an absent member. Paths, queries and headers are text, so they are
 * converted.
 */
export function createValidatorCompiler(): FastifySchemaCompiler<TSchema> {
  const common = { allErrors: false, verbose: true, keywords: ['x-form', 'x-binary', 'x-examples'] };
  const strict = new Ajv({ ...common, coerceTypes: false, removeAdditional: false, useDefaults: false });
  const text = new Ajv({ ...common, coerceTypes: true, removeAdditional: false, useDefaults: true });
  return ({ schema, httpPart }) => {
    if (httpPart !== 'body') return text.compile(schema);
    const validate = strict.compile(schema);
    const drop = dropNulls(schema);
    return (body: unknown) => {
      if (body === FORM_BODY) return true;
      drop?.(body);
      return validate(body) ? true : { error: validate.errors ?? [] };
    };
  };
}

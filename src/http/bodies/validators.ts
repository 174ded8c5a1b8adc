import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { FORM_BODY } from './forms.ts';
import { dropNulls } from './nulls.ts';

/**
 * Bodies are never repaired: a number in quotes or an unknown member is refused, because a repaired tensor could give a
 * wrong answer with status 200. There is one exception: null for an optional member means that the member is absent.
 * Paths, queries and headers are text, so their values are converted to the types of the schema.
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

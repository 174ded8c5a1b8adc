import { type Static, type TSchema, type TSchemaOptions, Type } from 'typebox';

/** For objects: other members than those of the schema are refused. */
export const closed = { additionalProperties: false } as const;

/**
 * A map from any string to `values`. The pattern that TypeBox writes for a record does not match names with a line break,
 * whose values would not be checked.
 */
export function mapOf<Values extends TSchema>(values: Values, options: TSchemaOptions = {}) {
  return Type.Unsafe<Readonly<Record<string, Static<Values>>>>({
    type: 'object',
    additionalProperties: values,
    ...options,
  });
}

/** One of these strings. */
export function oneOf<const Values extends readonly string[]>(values: Values, options: TSchemaOptions = {}) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: values, ...options });
}

export function nullable<Schema extends TSchema>(schema: Schema, options: TSchemaOptions = {}) {
  return Type.Union([schema, Type.Null()], options);
}

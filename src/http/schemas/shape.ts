import { type Static, type TSchema, type TSchemaOptions, Type } from 'typebox';

/** An object whose members the schema names, all of them. */
export const closed = { additionalProperties: false } as const;

/**
 * Any string to `values`. TypeBox writes a record as a pattern, which a name with a line break would slip
 * through unseen; this is every name there is.
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

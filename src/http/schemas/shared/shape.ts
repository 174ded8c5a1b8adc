import { type Static, type TSchema, type TSchemaOptions, Type } from 'typebox';

/** For objects: members that the schema does not name are refused. */
export const closed = { additionalProperties: false } as const;

/**
 * A map from any string to `values`. `Type.Record` is not used: its pattern does not match names with a line break, so the
 * values of such names would not be checked.
 */
export function mapOf<Values extends TSchema>(values: Values, options: TSchemaOptions = {}) {
  return Type.Unsafe<Readonly<Record<string, Static<Values>>>>({
    type: 'object',
    additionalProperties: values,
    ...options,
  });
}

/** The member `object` of an answer. */
export const objectName = <const Name extends string>(name: Name) =>
  Type.Literal(name, { description: 'The type of this object.' });

/** A time in UTC (RFC 3339). */
export const time = (description: string) =>
  Type.String({ description: `${description}, in UTC (RFC 3339).` });

/** One of these strings. */
export function oneOf<const Values extends readonly string[]>(values: Values, options: TSchemaOptions = {}) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: values, ...options });
}

export function nullable<Schema extends TSchema>(schema: Schema, options: TSchemaOptions = {}) {
  return Type.Union([schema, Type.Null()], options);
}

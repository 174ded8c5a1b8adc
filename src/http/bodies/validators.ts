import { Ajv, type ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { BATCH_BODY } from './batch.ts';

const common = {
  allErrors: false,
  verbose: true,
  allowUnionTypes: true,
  keywords: ['x-bodies', 'x-items', 'x-expected'],
};
const strict = new Ajv({ ...common, coerceTypes: false, removeAdditional: false, useDefaults: false });
const text = new Ajv({ ...common, coerceTypes: true, removeAdditional: false, useDefaults: true });

/**
 * Bodies are never repaired: a number in quotes or an unknown member is refused, because a repaired tensor could give a
 * wrong answer with status 200. There is one exception: null for an optional member means that the member is absent.
 * Paths, queries and headers are text, so their values are converted to the types of the schema.
 *
 * Each schema is compiled at the first value, and once for all routes that have it.
 */
export function createValidatorCompiler(): FastifySchemaCompiler<TSchema> {
  return ({ schema, httpPart }) => {
    const isBody = httpPart === 'body';
    return (value: unknown) => {
      if (value === BATCH_BODY) return true;
      const { drop, validate } = isBody ? bodyChecksOf(schema) : { validate: text.compile(schema) };
      drop?.(value);
      return validate(value) ? true : { error: validate.errors ?? [] };
    };
  };
}

interface BodyChecks {
  readonly drop: DropNulls | null;
  readonly validate: ValidateFunction;
}

const bodyChecks = new WeakMap<TSchema, BodyChecks>();

function bodyChecksOf(schema: TSchema): BodyChecks {
  let checks = bodyChecks.get(schema);
  if (!checks) {
    const accepted = withAcceptedTypes(schema) as TSchema;
    checks = { drop: dropNulls(accepted), validate: strict.compile(accepted) };
    bodyChecks.set(schema, checks);
  }
  return checks;
}

/**
 * The same schema, with the types in `x-accepts` in place of each union that has it. Such a union only describes its values, and
 * accepts all of these types. A validator would try each part of it.
 */
function withAcceptedTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withAcceptedTypes);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { 'x-accepts': type, 'x-expected': expected } = schema as Record<string, unknown>;
  if (type !== undefined) return { type, 'x-expected': expected };
  return Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, withAcceptedTypes(part)]));
}

/** The parts of a JSON Schema that decide which members may be absent. */
interface Schema {
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

type Members = Record<string, unknown>;
type DropNulls = (value: unknown) => void;

/**
 * Makes a function that removes each optional member whose value is null: serializers of many languages write null for an
 * absent member. A required member keeps its null, and validation refuses it. Returns null if the schema has no optional
 * members.
 */
export function dropNulls(schema: TSchema): DropNulls | null {
  return dropOf(schema as Schema);
}

function dropOf(schema: Schema): DropNulls | null {
  const { items, anyOf } = schema;
  if (anyOf) return dropOfEach(anyOf.map(dropOf));
  if (items) return dropOfItems(items);
  return hasMembers(schema) ? dropOfMembers(schema) : null;
}

function dropOfEach(drops: readonly (DropNulls | null)[]): DropNulls | null {
  const some = drops.filter((drop) => drop !== null);
  if (some.length === 0) return null;
  return (value) => {
    for (const drop of some) drop(value);
  };
}

function dropOfItems(items: Schema): DropNulls | null {
  const drop = dropOf(items);
  return drop && ((value) => Array.isArray(value) && value.forEach(drop));
}

function dropOfMembers(schema: Schema): DropNulls | null {
  const others = othersOf(schema);
  const members = Object.entries(schema.properties ?? {}).map(([name, member]) => ({
    name,
    isDropped: isOptional(schema, name),
    drop: dropOf(member),
  }));
  const dropOthers = others && dropOf(others);
  const mayDrop =
    members.some(({ isDropped, drop }) => isDropped || drop !== null) ||
    (others !== null && (dropOthers !== null || !takesNull(others)));
  if (!mayDrop) return null;
  return (value) => {
    if (!isObject(value)) return;
    for (const { name, isDropped, drop } of members) {
      if (!Object.hasOwn(value, name)) continue;
      if (value[name] === null && isDropped) delete value[name];
      else drop?.(value[name]);
    }
    if (!others) return;
    for (const name of Object.keys(value)) {
      if (Object.hasOwn(schema.properties ?? {}, name)) continue;
      if (value[name] === null && !takesNull(others)) delete value[name];
      else dropOthers?.(value[name]);
    }
  };
}

/** The same schema for the API description, where each optional member may also be null. */
export function describeNulls<Described>(schema: Described): Described {
  return described(schema as Schema) as Described;
}

function described(schema: Schema): Schema {
  const { properties, items, anyOf } = schema;
  const others = othersOf(schema);
  return {
    ...schema,
    ...(anyOf && { anyOf: anyOf.map(described) }),
    ...(items && { items: described(items) }),
    ...(others && { additionalProperties: orNull(described(others)) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, member]) => {
          const inner = described(member);
          return [name, isOptional(schema, name) ? orNull(inner) : inner];
        }),
      ),
    }),
  };
}

function orNull(schema: Schema): Schema {
  if (takesNull(schema)) return schema;
  // A schema with a title is a schema of its own, which others refer to.
  if (schema.title === undefined) {
    if (schema.anyOf) return { ...schema, anyOf: [...schema.anyOf, { type: 'null' }] };
    if (typeof schema.type === 'string' && schema.enum === undefined)
      return { ...schema, type: [schema.type, 'null'] };
  }
  return { anyOf: [schema, { type: 'null' }] };
}

/** The schema of members that `schema` does not name, such as the entries of a map. */
function othersOf({ additionalProperties: others }: Schema): Schema | null {
  return typeof others === 'object' ? others : null;
}

function hasMembers({ properties, additionalProperties }: Schema): boolean {
  return properties !== undefined || typeof additionalProperties === 'object';
}

/** Whether null means that the member is absent. If the member's own schema allows null, then null is a value. */
function isOptional({ properties, required = [] }: Schema, name: string): boolean {
  const member = properties?.[name];
  return member !== undefined && !required.includes(name) && !takesNull(member);
}

/** Whether the schema allows null. A schema without a type allows any JSON value, and so null. */
function takesNull({ type, enum: values, anyOf }: Schema): boolean {
  if (anyOf) return anyOf.some(takesNull);
  return type === undefined ? values === undefined : [type].flat().includes('null');
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

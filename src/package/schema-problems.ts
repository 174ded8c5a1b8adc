import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';

/** One problem of a JSON document. */
export interface Problem {
  /** JSON pointer (RFC 6901) to the member; empty for the document itself. */
  readonly pointer: string;
  readonly expected: string;
  readonly got: string;
}

/** The parts of JSON Schema that our schemas use. */
type Schema = TSchema & {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema | readonly Schema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly pattern?: string;
  /** The text that `pattern` accepts, in words. */
  readonly 'x-expected'?: string;
};

const MAX_GOT_LENGTH = 80;

/**
 * Every problem of `value`, in the order of the schema. For a union only the problems of one member are reported: the
 * member whose literal (such as `name`) equals that of `value`, or the member that may leave it out. The schema library's own
 * list mixes the problems of all members.
 */
export function schemaProblems(schema: TSchema, value: unknown): readonly Problem[] {
  return problemsAt(schema, value, '');
}

export function problem(pointer: string, expected: string, value: unknown): Problem {
  const got = value === undefined ? 'nothing' : JSON.stringify(value);
  return {
    pointer,
    expected,
    got: got.length > MAX_GOT_LENGTH ? `${got.slice(0, MAX_GOT_LENGTH)}…` : got,
  };
}

function problemsAt(schema: Schema, value: unknown, at: string): readonly Problem[] {
  if (Check(schema, value)) return [];
  if (schema.anyOf) return unionProblems(schema.anyOf, value, at);
  if (schema.properties && isObject(value)) return objectProblems(schema, value, at);
  if (schema.type === 'array' && Array.isArray(value)) return arrayProblems(schema, value, at);
  return [problem(at, describe(schema), value)];
}

function unionProblems(members: readonly Schema[], value: unknown, at: string): readonly Problem[] {
  const tag = tagOf(members);
  if (tag === undefined || !isObject(value)) return [problem(at, describe({ anyOf: members }), value)];
  const meant = Object.hasOwn(value, tag)
    ? members.find(({ properties }) => properties?.[tag]?.const === value[tag])
    : members.find(({ required = [] }) => !required.includes(tag));
  if (meant) return problemsAt(meant, value, at);
  const tags = members.map(({ properties }) => properties?.[tag] ?? {});
  return [problem(`${at}/${tag}`, describe({ anyOf: tags }), value[tag])];
}

/** The property that has a different literal in each object of a union. */
function tagOf([first, ...others]: readonly Schema[]): string | undefined {
  return Object.keys(first?.properties ?? {}).find((name) =>
    [first, ...others].every((each) => each?.properties?.[name]?.const !== undefined),
  );
}

function objectProblems(
  { properties = {}, required = [], additionalProperties }: Schema,
  value: Readonly<Record<string, unknown>>,
  at: string,
): readonly Problem[] {
  const names = Object.keys(properties).join(', ');
  const unknown = Object.keys(value).filter((name) => !Object.hasOwn(properties, name));
  return [
    ...Object.entries(properties).flatMap(([name, member]) => {
      const inner = `${at}/${escapePointer(name)}`;
      if (Object.hasOwn(value, name)) return problemsAt(member, value[name], inner);
      return required.includes(name) ? [problem(inner, describe(member), undefined)] : [];
    }),
    ...(additionalProperties === false
      ? unknown.map((name) => problem(`${at}/${escapePointer(name)}`, `one of ${names}`, value[name]))
      : []),
  ];
}

function arrayProblems(schema: Schema, value: readonly unknown[], at: string): readonly Problem[] {
  const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  const tuple = Array.isArray(items) ? items : null;
  const wrongLength = tuple
    ? value.length !== tuple.length
    : value.length < minItems || value.length > maxItems;
  if (wrongLength) return [problem(at, describe(schema), value)];
  return value.flatMap((each, i) => problemsAt(tuple?.[i] ?? (items as Schema) ?? {}, each, `${at}/${i}`));
}

/** What a schema accepts, in a few words. */
function describe(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return alternatives(schema.enum.map((each) => JSON.stringify(each)));
  if (schema.anyOf) return alternatives(schema.anyOf.map(describe));
  if (schema.pattern !== undefined) return schema['x-expected'] ?? `text that matches ${schema.pattern}`;
  const name = NAMES[schema.type ?? ''] ?? 'a value';
  if (schema.type === 'array') return `${name}${lengthOf(schema)}`;
  return `${name}${rangeOf(schema)}`;
}

const NAMES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
};

function rangeOf({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Schema): string {
  const limits = [
    minimum === undefined ? null : `from ${minimum}`,
    exclusiveMinimum === undefined ? null : `above ${exclusiveMinimum}`,
    maximum === undefined ? null : `up to ${maximum}`,
    exclusiveMaximum === undefined ? null : `below ${exclusiveMaximum}`,
  ].filter((each) => each !== null);
  return limits.map((each) => ` ${each}`).join('');
}

function lengthOf({ items, minItems, maxItems }: Schema): string {
  if (Array.isArray(items)) return ` of ${items.length}: ${items.map(describe).join(', ')}`;
  if (minItems !== undefined && minItems > 0) return ` of at least ${minItems}`;
  return maxItems === undefined ? '' : ` of at most ${maxItems}`;
}

function alternatives(words: readonly string[]): string {
  const [last = '', ...others] = [...new Set(words)].reverse();
  return others.length === 0 ? last : `${others.reverse().join(', ')} or ${last}`;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const escapePointer = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

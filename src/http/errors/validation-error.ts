import type { ErrorObject } from 'ajv';
import type { FastifySchemaValidationError } from 'fastify';
import { TASK_ID, TASK_ID_PATTERN } from '../../domain/task.ts';
import { InnerloopError } from '../../errors.ts';
import { describe } from '../../service/inputs/invalid-input.ts';
import { escapePointer } from '../bodies/places.ts';

const typeNames: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'true or false',
  integer: 'an integer',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

/** Texts for the keywords of JSON Schema. For other keywords, the validator's own message is used. */
const expectedText: Readonly<Record<string, (error: ErrorObject) => string>> = {
  type: ({ params, parentSchema }) => expectedOf(parentSchema) ?? typesText(params.type),
  required: ({ params, parentSchema }) =>
    expectedOf(parentSchema?.properties?.[params.missingProperty]) ?? 'a value',
  additionalProperties: ({ parentSchema }) =>
    `one of ${Object.keys(parentSchema?.properties ?? {}).join(', ')}`,
  enum: ({ params }) => `one of ${params.allowedValues.join(', ')}`,
  const: ({ params }) => describe(params.allowedValue),
  pattern: ({ params }) =>
    params.pattern === TASK_ID_PATTERN ? TASK_ID : `text that matches ${params.pattern}`,
  minItems: ({ params }) => `at least ${count(params.limit, 'item')}`,
  maxItems: ({ params }) => `at most ${count(params.limit, 'item')}`,
  minLength: ({ params }) => `at least ${count(params.limit, 'character')}`,
  maxLength: ({ params }) => `at most ${count(params.limit, 'character')}`,
  minProperties: ({ params }) => `at least ${count(params.limit, 'member')}`,
  maxProperties: ({ params }) => `at most ${count(params.limit, 'member')}`,
  minimum: ({ params }) => `a number ≥ ${params.limit}`,
  maximum: ({ params }) => `a number ≤ ${params.limit}`,
  exclusiveMinimum: ({ params }) => `a number > ${params.limit}`,
  exclusiveMaximum: ({ params }) => `a number < ${params.limit}`,
  anyOf: ({ parentSchema }) => expectedOf(parentSchema) ?? 'one of the forms that the schema lists',
};

/** A description of the values of a schema, in a few words; undefined if there is no short one. */
function expectedOf(schema: ErrorObject['parentSchema']): string | undefined {
  if (schema?.['x-expected'] !== undefined) return schema['x-expected'];
  if (Array.isArray(schema?.enum)) return `one of ${schema.enum.join(', ')}`;
  if (schema?.type !== undefined) return typesText(schema.type);
  const types: unknown[] = schema?.anyOf?.map(({ type }: { readonly type?: unknown }) => type) ?? [];
  return types.length > 0 ? typesText(types) : undefined;
}

const typesText = (types: unknown): string =>
  [...new Set([types].flat().map((type) => typeNames[type as string] ?? 'another form'))].join(' or ');

const count = (limit: number, noun: string): string => `${limit} ${noun}${limit === 1 ? '' : 's'}`;

/** A schema violation as an InnerloopError. `part` is `body`, `querystring`, `params` or `headers`. */
export function validationError(
  violations: readonly FastifySchemaValidationError[],
  part: string,
): InnerloopError {
  const error = mostSpecific(violations as readonly ErrorObject[]);
  const pointer = error.instancePath + memberOf(error);
  const expected = expectedText[error.keyword]?.(error) ?? error.message ?? 'a value that fits the schema';
  const got = gotOf(error);
  if (part === 'body') {
    const place = pointer === '' ? 'as the body' : `at ${pointer}`;
    return new InnerloopError('invalid_request', `Expected ${expected} ${place}, got ${got}`, {
      pointer,
      expected,
      got,
    });
  }
  const place = { querystring: 'the query', params: 'the path', headers: 'the headers' }[part] ?? part;
  const subject = error.keyword === 'additionalProperties' ? '' : ` for ${pointer.slice(1)}`;
  const message = `Expected ${expected}${subject} in ${place}, got ${got}`;
  return new InnerloopError('invalid_request', message, { expected, got });
}

/**
 * The violation to report. If a union failed, report the first violation inside the value or about its members: it belongs
 * to the branch that the caller probably meant. Without such a violation, report the union itself, which is last.
 */
function mostSpecific(violations: readonly ErrorObject[]): ErrorObject {
  const union = violations.at(-1) as ErrorObject;
  if (union.keyword !== 'anyOf') return violations[0] as ErrorObject;
  const isInside = (error: ErrorObject) =>
    error.instancePath !== union.instancePath || memberOf(error) !== '';
  return violations.find(isInside) ?? union;
}

function memberOf({ keyword, params, propertyName }: ErrorObject): string {
  if (keyword === 'required') return `/${escapePointer(params.missingProperty)}`;
  if (keyword === 'additionalProperties') return `/${escapePointer(params.additionalProperty)}`;
  return propertyName === undefined ? '' : `/${escapePointer(propertyName)}`;
}

function gotOf({ keyword, params, data, parentSchema }: ErrorObject): string {
  if (keyword === 'required') {
    // An unknown name is probably a misspelling of the missing one.
    const unknown = Object.keys(data as object).find(
      (name) => !Object.hasOwn(parentSchema?.properties ?? {}, name),
    );
    return unknown === undefined ? 'nothing' : `nothing, but an unknown ${describe(unknown)}`;
  }
  if (keyword === 'additionalProperties') return describe(params.additionalProperty);
  if (keyword === 'maxProperties' || keyword === 'minProperties') {
    return `${Object.keys(data as object).length} members`;
  }
  return describe(data);
}

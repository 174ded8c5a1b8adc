import type { FastifySchema } from 'fastify';
import { SCOPES } from '../../domain/keys/scope.ts';
import { isPublic, type RouteAccess, scopeOf } from '../admission/route-access.ts';
import type { BodySchema } from '../bodies/batch.ts';
import { bodyKinds } from '../bodies/kinds.ts';
import { describeNulls } from '../bodies/validators.ts';

/** The schema of a route as the description shows it. */
export function describedSchema(schema: FastifySchema, route: RouteAccess): FastifySchema {
  const body = withoutPrefills(withBodies(withNulls(schema)));
  return isPublic(route) ? ({ ...body, security: [] } as FastifySchema) : withScope(body, scopeOf(route));
}

/** Adds the scope that a key needs, and the answer to a key that lacks it. */
function withScope(schema: FastifySchema, scope: string | null): FastifySchema {
  if (!schema || scope === null) return schema;
  const answers = schema.response as Readonly<Record<string, object>> | undefined;
  const forbidden = {
    ...answers?.['4xx'],
    'x-response-description': forbiddenWhen(scope),
  };
  const response = answers?.['4xx'] ? { ...answers, 403: forbidden } : answers;
  return { ...schema, 'x-scope': scope, ...(response && { response }) } as FastifySchema;
}

/** Every key has the first scope. */
const forbiddenWhen = (scope: string) =>
  scope === SCOPES[0]
    ? `Forbidden: the key lacks the scope \`${scope}\`; or there are no keys yet, and the caller is not a program on the machine of the service.`
    : `Forbidden: the key lacks the scope \`${scope}\`, or a quota is exceeded; nothing was changed.`;

/**
 * Without examples of optional parameters: the page would fill them in, and so send a column name with files, or an old
 * idempotency key. `prefer` is useful in every call.
 */
function withoutPrefills(schema: FastifySchema): FastifySchema {
  const { querystring, headers } = schema ?? {};
  return {
    ...schema,
    ...(querystring !== undefined && { querystring: withoutExamples(querystring) }),
    ...(headers !== undefined && { headers: withoutExamples(headers) }),
  };
}

function withoutExamples(schema: unknown): unknown {
  const {
    properties = {},
    required = [],
    ...rest
  } = schema as {
    readonly properties?: Readonly<Record<string, object>>;
    readonly required?: readonly string[];
  };
  const kept = Object.entries(properties).map(([name, parameter]) => {
    if (name === 'prefer' || required.includes(name)) return [name, parameter];
    const { examples: _, ...others } = parameter as { readonly examples?: unknown };
    return [name, others];
  });
  return { ...rest, required, properties: Object.fromEntries(kept) };
}

/** Describes that optional members of a body may also be null. */
function withNulls(schema: FastifySchema): FastifySchema {
  return schema?.body ? { ...schema, body: describeNulls(schema.body) } : schema;
}

/** Describes the other media types of a body beside JSON (`x-bodies`). */
function withBodies(schema: FastifySchema): FastifySchema {
  const body = schema?.body as BodySchema | undefined;
  if (body?.['x-bodies'] === undefined) return schema;
  const { 'x-bodies': others, 'x-items': items, ...json } = body;
  const named = items === 'inputs' ? ['input'] : ['anchor', 'knot'];
  const schemaOf = (type: string, description: string) => {
    if (type === bodyKinds.form.types[0]) return formOf(description, named);
    return type === bodyKinds.text.types[0] ? { type: 'string', description } : { ...FILE, description };
  };
  const content = Object.entries(others).map(([type, description]) => [
    type,
    { schema: schemaOf(type, description) },
  ]);
  return {
    ...schema,
    body: { content: { 'application/json': { schema: json }, ...Object.fromEntries(content) } },
  };
}

const FILE = { type: 'string', format: 'binary' };

/** The fields `named` are examples: the documentation page shows a chooser of files for each. Callers choose the names. */
function formOf(description: string, named: readonly string[]) {
  const part = { anyOf: [FILE, { type: 'string' }] };
  const file = { ...FILE, description: 'A file. The name of the field is an example.' };
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(named.map((name) => [name, file])),
    additionalProperties: { anyOf: [...part.anyOf, { type: 'array', items: part }] },
  };
}

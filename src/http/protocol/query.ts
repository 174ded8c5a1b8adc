import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InnerloopError } from '../../errors.ts';

/** Refuses query parameters that the route does not have. If they were ignored, the caller would not notice a misspelt one. */
export function refuseUnknownQuery(app: FastifyInstance): void {
  // This hook runs before the body is read, and after other refusals (no key, no such method).
  app.addHook('preParsing', (request, _reply, payload, done) => {
    done(unknownParameter(request), payload);
  });
}

/**
 * The value of an option that the body or the query may give. If both give it, the values must be equal.
 * @throws InnerloopError `invalid_request`
 */
export function namedOnce<T>(
  member: string,
  inBody: T | undefined,
  parameter: string,
  inQuery: T | undefined,
): T | undefined {
  if (inBody === undefined || inQuery === undefined) return inBody ?? inQuery;
  const [given, got] = [textOf(inBody), textOf(inQuery)];
  if (given === got) return inBody;
  const expected = `${given} for ${parameter} in the query, as /${member} says`;
  throw new InnerloopError('invalid_request', `Expected ${expected}, got ${got}`, {
    pointer: `/${member}`,
    expected,
    got,
  });
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function unknownParameter(request: FastifyRequest): InnerloopError | null {
  const names = Object.keys(request.query as object);
  if (names.length === 0) return null;
  const schema = request.routeOptions.schema?.querystring as { properties?: object } | undefined;
  const known = Object.keys(schema?.properties ?? {});
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return null;
  const expected = known.length > 0 ? `one of ${known.join(', ')}` : 'no parameters';
  const got = JSON.stringify(unknown.slice(0, 64));
  return new InnerloopError('invalid_request', `Expected ${expected} in the query, got ${got}`, {
    expected,
    got,
  });
}

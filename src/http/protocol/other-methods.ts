import type { FastifyInstance, RouteOptions } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { isPublic } from '../admission/route-access.ts';

/** The framework would answer these with 404, as it does not know them by itself. Not all that Node knows: its router may not. */
const RARE_METHODS = [
  'COPY',
  'LOCK',
  'MKCOL',
  'MOVE',
  'PROPFIND',
  'PROPPATCH',
  'PURGE',
  'QUERY',
  'SEARCH',
  'UNLOCK',
];

/** Any path; CORS has a route there. */
const WILDCARD = '*';

/**
 * Answers the methods that a path does not have: OPTIONS with those it has, and any other with 405. Call the function that
 * this one returns once every route is there.
 */
export function answerOtherMethods(app: FastifyInstance): () => void {
  for (const method of RARE_METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  const routes = new Map<string, RouteOptions[]>();
  app.addHook('onRoute', (route) => {
    // The framework serves some paths with a slash at the end as well, and calls this hook for one of them alone.
    const slashed = route.url.endsWith(WILDCARD) ? [] : [`${route.url}/`];
    for (const url of [route.url, ...slashed]) routes.set(url, [...(routes.get(url) ?? []), route]);
  });
  return () => {
    for (const [url, there] of [...routes]) {
      const methods = app.supportedMethods.filter((method) => app.hasRoute({ url, method }));
      if (url === WILDCARD || methods.length === 0) continue;
      // Other hooks may have marked a route after this one saw it.
      answerAt(app, url, [...new Set([...methods, 'OPTIONS'])].sort(), there.some(isPublic));
    }
  };
}

function answerAt(app: FastifyInstance, url: string, allowed: readonly string[], open: boolean): void {
  const allow = allowed.join(', ');
  const schema = { hide: true };
  app.route({
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    url,
    schema,
    config: open ? { access: 'public' } : {},
    onRequest: async (request, reply) => {
      reply.header('allow', allow);
      const got = request.method;
      const message = `Expected one of ${allow} at this path, got ${got}`;
      throw new InnerloopError('method_not_allowed', message, { expected: allow, got });
    },
    handler: async () => undefined,
  });
  if (app.hasRoute({ url, method: 'OPTIONS' })) return;
  // Needs no key: the description of the API is public and says the same.
  app.options(url, { schema, config: { access: 'public' } }, async (_request, reply) =>
    reply.header('allow', allow).code(204).send(),
  );
}

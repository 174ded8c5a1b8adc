import type { FastifyInstance, RouteOptions } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { isPublic } from '../admission/route-access.ts';

/**
 * Methods that the framework does not know by default: it would answer them with 404 instead of 405. Node knows more
 * methods, but the framework's router may not accept them.
 */
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

/** The route of the CORS plugin; it matches any path. */
const WILDCARD = '*';

/**
 * Answers the methods for which a path has no route. OPTIONS gets the list of allowed methods, and any other method gets
 * 405. Call the returned function after all routes are registered.
 */
export function answerOtherMethods(app: FastifyInstance): () => void {
  for (const method of RARE_METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  const routes = new Map<string, RouteOptions[]>();
  app.addHook('onRoute', (route) => {
    // The framework may serve a path with and without a slash at the end, but calls this hook only once for both.
    const slashed = route.url.endsWith(WILDCARD) ? [] : [`${route.url}/`];
    for (const url of [route.url, ...slashed]) routes.set(url, [...(routes.get(url) ?? []), route]);
  });
  return () => {
    for (const [url, there] of [...routes]) {
      const given = new Set(there.flatMap(({ method }) => method));
      const methods = [...given].filter((method) => app.hasRoute({ url, method }));
      if (url === WILDCARD || methods.length === 0) continue;
      // Read the access marks only now: other hooks may have marked a route after `onRoute` ran here.
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
    config: { access: open ? 'public' : 'anyKey' },
    onRequest: async (request, reply) => {
      reply.header('allow', allow);
      const got = request.method;
      const message = `Expected one of ${allow} at this path, got ${got}`;
      throw new InnerloopError('method_not_allowed', message, { expected: allow, got });
    },
    handler: async () => undefined,
  });
  if (app.hasRoute({ url, method: 'OPTIONS' })) return;
  // OPTIONS needs no key: the public API description has the same information.
  app.options(url, { schema, config: { access: 'public' } }, async (_request, reply) =>
    reply.header('allow', allow).code(204).send(),
  );
}

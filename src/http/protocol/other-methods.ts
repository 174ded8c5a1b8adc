import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { isPublic } from '../admission/route-access.ts';

/** A path with routes, as telemetry and admission see it: see `routeOf`. */
interface Path {
  /** The pattern, such as `/tasks/:task`. */
  readonly url: string;
  readonly config: { readonly access: 'public' | 'anyKey' };
}

interface KnownPath extends Path {
  readonly matches: RegExp;
  readonly allow: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The path of the request, if it has routes, but none for the method. */
    otherMethodAt: KnownPath | null;
  }
}

/** The route of the request. For a method that has no route: the path, if other methods have one there. */
export function routeOf({
  otherMethodAt,
  routeOptions,
}: FastifyRequest): Path | FastifyRequest['routeOptions'] {
  return otherMethodAt ?? routeOptions;
}

/** The route of the CORS plugin; it matches any path. */
const WILDCARD = '*';

/**
 * Answers the methods for which a path has no route. OPTIONS gets the list of allowed methods, and any other method gets
 * 405. A route for each of them would take a third of the start, so the path is looked up when the router finds no route.
 * Call the function before all other hooks are added, and the returned one after all routes and hooks.
 */
export function answerOtherMethods(app: FastifyInstance): () => void {
  const routes = new Map<string, RouteOptions[]>();
  app.addHook('onRoute', (route) => {
    // The framework may serve a path with and without a slash at the end, but calls this hook only once for both.
    const slashed = route.url.endsWith(WILDCARD) ? [] : [`${route.url}/`];
    for (const url of [route.url, ...slashed]) routes.set(url, [...(routes.get(url) ?? []), route]);
  });
  const paths: KnownPath[] = [];
  app.decorateRequest('otherMethodAt', null);
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.is404) request.otherMethodAt = find(paths, request);
    done();
  });
  return () => {
    for (const [url, there] of [...routes]) {
      const given = new Set(there.flatMap(({ method }) => method));
      const methods = [...given].filter((method) => app.hasRoute({ url, method }));
      if (url === WILDCARD || methods.length === 0) continue;
      const allow = [...new Set([...methods, 'OPTIONS'])].sort().join(', ');
      // Read the access marks only now: other hooks may have marked a route after `onRoute` ran here.
      const access = there.some(isPublic) ? 'public' : 'anyKey';
      paths.push({ url, config: { access }, matches: patternOf(url), allow });
      answerOptions(app, url, allow);
    }
    paths.sort((a, b) => parametersOf(a) - parametersOf(b));
    // After the caller has been admitted, and before the body is read.
    app.addHook('onRequest', (request, reply, done) => {
      if (request.otherMethodAt === null) return done();
      const { allow } = request.otherMethodAt;
      reply.header('allow', allow);
      const got = request.method;
      const message = `Expected one of ${allow} at this path, got ${got}`;
      done(new InnerloopError('method_not_allowed', message, { expected: allow, got }));
    });
  };
}

function answerOptions(app: FastifyInstance, url: string, allow: string): void {
  if (app.hasRoute({ url, method: 'OPTIONS' })) return;
  // OPTIONS needs no key: the public API description has the same information.
  app.options(url, { schema: { hide: true }, config: { access: 'public' } }, async (_request, reply) =>
    reply.header('allow', allow).code(204).send(),
  );
}

function find(paths: readonly KnownPath[], { url }: FastifyRequest): KnownPath | null {
  // A request to a proxy names the whole URL.
  const [path = ''] = url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
  // It does not throw: the router has refused a path that is not UTF-8.
  const decoded = decodeURI(path);
  return paths.find(({ matches }) => matches.test(decoded)) ?? null;
}

/** `/tasks/:task` matches `/tasks/x`, and `/guide/*` matches all that begins with `/guide/`. */
function patternOf(url: string): RegExp {
  const pattern = url.replaceAll('.', '\\.').replace(WILDCARD, '[^]*').replace(/:\w+/g, '[^/]*');
  return new RegExp(`^${pattern}$`);
}

/** The path with the fewest parameters is the one that the router finds. */
const parametersOf = ({ url }: Path) => url.split(/[:*]/).length;

import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { InnerloopError } from '../../errors.ts';
import { isPublic } from '../admission/route-access.ts';
import { drainUnreadBody } from '../connection/drain-unread-body.ts';
import { noSuchRoute } from '../errors/problems.ts';

/** The part of a route that admission and telemetry read: see `routeOf`. */
interface Route {
  /** The pattern, such as `/tasks/:task`. */
  readonly url: string;
  readonly config: { readonly access: 'public' | 'anyKey' };
}

/** A path that has routes. */
interface Path {
  readonly url: string;
  readonly allow: string;
  /** Stand in for routes of OPTIONS, and of all other methods that have none. */
  readonly options: Route;
  readonly others: Route;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The path of the request, if other methods have a route there, and the method has none. */
    pathOfOthers: Path | null;
  }
}

/** The route of the request, or what stands in for it where only other methods have one. */
export function routeOf({ method, pathOfOthers, routeOptions }: FastifyRequest) {
  if (pathOfOthers === null) return routeOptions;
  return method === 'OPTIONS' ? pathOfOthers.options : pathOfOthers.others;
}

/** The route of the CORS plugin; it matches any path. */
const WILDCARD = '*';

/**
 * Answers the methods for which a path has no route, and paths without routes (404). OPTIONS gets the list of allowed
 * methods, and any other method gets 405. Routes for all of them would take a third of the start, so the path is looked up once the router has found no route.
 * Call this function before other hooks are added, and the returned one after all routes and hooks.
 */
export function answerOtherMethods(app: FastifyInstance): () => void {
  const routes = new Map<string, RouteOptions[]>();
  app.addHook('onRoute', (route) => {
    // The framework may serve a path with and without a slash at the end, but calls this hook only once for both.
    const slashed = route.url.endsWith(WILDCARD) ? [] : [`${route.url}/`];
    for (const url of [route.url, ...slashed]) routes.set(url, [...(routes.get(url) ?? []), route]);
  });
  let finder: Finder | undefined;
  app.decorateRequest('pathOfOthers', null);
  app.addHook('onRequest', (request, _reply, done) => {
    const { is404, routeOptions, url } = request;
    finder ??= finderOf(app, routes);
    const { url: matched = WILDCARD } = routeOptions;
    if (is404 || matched === WILDCARD || finder.hasStaticSibling(matched)) {
      const path = finder.find(url);
      if (path?.url !== matched) request.pathOfOthers = path;
    }
    done();
  });
  return () => {
    // Runs when the caller has been admitted, and before the body is read.
    app.addHook('onRequest', (request, reply, done) => {
      if (request.pathOfOthers === null) return request.is404 ? done(noSuchRoute(request)) : done();
      const { allow } = request.pathOfOthers;
      const got = request.method;
      reply.header('allow', allow);
      if (got === 'OPTIONS') {
        drainUnreadBody(request, reply);
        return void reply.code(204).send();
      }
      const message = `Expected one of ${allow} at this path, got ${got}`;
      done(new InnerloopError('method_not_allowed', message, { expected: allow, got }));
    });
  };
}

interface Finder {
  /** The path of a URL as the router finds it, but for any method. */
  find(url: string): Path | null;
  /**
   * Whether a path with fewer parameters takes some of the URLs of this one. The router then finds this one for methods that
   * the other path does not have: `/tasks/:task/examples/:example` for DELETE of `/tasks/x/examples/download`.
   */
  hasStaticSibling(url: string): boolean;
}

function finderOf(app: FastifyInstance, routes: ReadonlyMap<string, readonly RouteOptions[]>): Finder {
  const paths = [...routes].flatMap(([url, there]) => {
    const given = new Set(there.flatMap(({ method }) => method));
    const methods = [...given].filter((method) => app.hasRoute({ url, method }));
    if (url === WILDCARD || methods.length === 0) return [];
    const allow = [...new Set([...methods, 'OPTIONS'])].sort().join(', ');
    // OPTIONS needs no key: the public API description has the same information.
    const options: Route = { url, config: { access: 'public' } };
    const others: Route = { url, config: { access: there.some(isPublic) ? 'public' : 'anyKey' } };
    return { url, allow, options, others, pattern: patternOf(url) };
  });
  // The router prefers the path whose first different segment is not a parameter.
  paths.sort((a, b) => orderOf(a.url).localeCompare(orderOf(b.url)));
  const withSibling = new Set(
    paths
      .filter(({ url, pattern }) => paths.some((other) => other.url !== url && pattern.test(other.url)))
      .map(({ url }) => url),
  );
  return {
    hasStaticSibling: (url) => withSibling.has(url),
    find(url) {
      // A request to a proxy names the whole URL. The router takes `*` for `/`, too.
      const [path = ''] = url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1);
      // This does not throw: the router has refused a path that is not UTF-8.
      const decoded = decodeURI(path === '' || path === WILDCARD ? '/' : path);
      return paths.find(({ pattern }) => pattern.test(decoded)) ?? null;
    },
  };
}

/** Sorts static segments before parameters, and these before the rest of a path. */
const orderOf = (url: string) =>
  url
    .split('/')
    .map((segment) => (segment.includes(WILDCARD) ? '2' : segment.startsWith(':') ? '1' : '0'))
    .join('');

/** `/tasks/:task` matches `/tasks/x`, and `/guide/*` matches all that begins with `/guide/`. */
function patternOf(url: string): RegExp {
  const pattern = url.replaceAll('.', '\\.').replace(WILDCARD, '[^]*').replace(/:\w+/g, '[^/]*');
  return new RegExp(`^${pattern}$`);
}

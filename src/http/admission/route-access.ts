import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { isScope, type Scope } from '../../domain/keys/scope.ts';

/**
 * Who may call a route: callers whose key has this scope; with `anyKey`, callers with any key; with `public`, everyone. A
 * `probe` is public, too; it is answered under any load, is not traced, and is logged only if something is wrong.
 */
export type Access = Scope | 'anyKey' | 'public' | 'probe';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route states this: see `requireAccess`. A path without a route counts as `anyKey`. */
    readonly access?: Access;
  }
}

/** The part of a route's options that defines access. */
export interface RouteAccess {
  readonly config?: { readonly access?: Access };
}

export function isPublic({ config }: RouteAccess): boolean {
  return config?.access === 'public' || config?.access === 'probe';
}

/** The scope that a key needs for the route; null if it needs none. */
export function scopeOf({ config }: RouteAccess): Scope | null {
  const access = config?.access ?? 'anyKey';
  return isScope(access) ? access : null;
}

export function isProbe({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): boolean {
  return routeOptions.config.access === 'probe';
}

/**
 * Checks, after all routes are registered, that each states who may call it. A route without this statement would be open to
 * every key.
 */
export function requireAccess(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', async () => {
    // The wildcard is the route of the CORS plugin, which answers only preflight requests.
    const silent = routes.filter(({ config, url }) => config?.access === undefined && url !== '*');
    if (silent.length === 0) return;
    const names = silent.map(({ method, url }) => `${method} ${url}`);
    throw new Error(`Expected config.access of every route, got none of ${names.join(', ')}`);
  });
}

import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Default: only callers with a key may call the route. `public`: everyone may call it. `probe`: everyone may call it; it
     * is answered under any load, is not traced, and is logged only if something is wrong.
     */
    readonly access?: 'public' | 'probe';
  }
}

/** The part of a route's options that defines access. */
interface RouteAccess {
  readonly config?: { readonly access?: 'public' | 'probe' };
}

export function isPublic({ config }: RouteAccess): boolean {
  return config?.access !== undefined;
}

export function isProbe({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): boolean {
  return routeOptions.config.access === 'probe';
}

/** Turns off request logs for probes: monitoring calls them every few seconds. */
export function quietProbes(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.access === 'probe') route.logLevel = 'warn';
  });
}

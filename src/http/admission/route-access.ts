import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who may call the route; without it, callers with a key. `public`: everybody. `probe`: everybody, and it is answered
     * under any load, is not traced, and is logged only when something is wrong.
     */
    readonly access?: 'public' | 'probe';
  }
}

/** The part of a route's options that says who may call. */
interface Accessed {
  readonly config?: { readonly access?: 'public' | 'probe' };
}

export function isPublic({ config }: Accessed): boolean {
  return config?.access !== undefined;
}

export function isProbe({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): boolean {
  return routeOptions.config.access === 'probe';
}

/** Monitoring calls probes every few seconds, so their request lines are left out of the log. */
export function quietProbes(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.access === 'probe') route.logLevel = 'warn';
  });
}

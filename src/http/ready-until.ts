import type { Service } from '../service/service.ts';

/** The service, which is not ready any more once `closing` has aborted. */
export function readyUntil(closing: AbortSignal, service: Service): Service {
  return {
    ...service,
    async ready() {
      const { ready, checks } = await service.ready();
      const stays = !closing.aborted;
      return { ready: ready && stays, checks: { ...checks, stays } };
    },
  };
}

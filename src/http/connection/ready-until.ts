import type { Service } from '../../service/service.ts';

/** The service, which is not ready any more once `closing` has aborted. */
export function readyUntil(closing: AbortSignal, service: Service): Service {
  return {
    ...service,
    async ready() {
      const { ready, checks, ...more } = await service.ready();
      const stays = !closing.aborted;
      return { ...more, ready: ready && stays, checks: { ...checks, stays } };
    },
  };
}

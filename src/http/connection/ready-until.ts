import type { Service } from '../../service/service.ts';

/** The service, which is not ready any more once `closing` has aborted. */
export function readyUntil(closing: AbortSignal, service: Service): Service {
  return {
    ...service,
    async readiness() {
      const { ready, checks, ...more } = await service.readiness();
      const stays = !closing.aborted;
      return { ...more, ready: ready && stays, checks: { ...checks, stays } };
    },
  };
}

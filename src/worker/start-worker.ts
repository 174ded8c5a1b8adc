import type { Service } from '../service/service.ts';

export interface WorkerOptions {
  /** How often to look for what a process that died has left; for the only process there is, once is enough. */
  readonly resumeEveryMs: number | null;
  onError(error: unknown): void;
}

/**
 * Runs accepted adaptations, those first that were left unfinished. Where others may leave more, it looks again and
 * again, at times of its own, so that many workers do not look at once.
 */
export async function startWorker(
  service: Service,
  { resumeEveryMs, onError }: WorkerOptions,
): Promise<Disposable> {
  service.work();
  if (resumeEveryMs === null) {
    await service.resume();
    return { [Symbol.dispose]: () => undefined };
  }
  let timer: NodeJS.Timeout;
  const look = async (): Promise<void> => {
    await service.resume().catch(onError);
    timer = setTimeout(look, resumeEveryMs * (0.5 + Math.random()));
  };
  timer = setTimeout(look, 0);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

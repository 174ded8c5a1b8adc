import type { AdaptationQueue } from '../ports/adaptation-queue.ts';
import type { ProgramRunner } from '../ports/program-runner.ts';
import type { TaskStore } from '../ports/stores/task-store.ts';
import type { Models } from './models.ts';
import type { Service } from './service.ts';

interface Parts {
  readonly models: Models;
  readonly store: TaskStore;
  readonly queue: AdaptationQueue;
  readonly runner: Pick<ProgramRunner, 'executionProvider'>;
  readonly checks?: Readonly<Record<string, () => boolean | Promise<boolean>>>;
}

/** Not a valid tenant id, so it has no tasks. Readiness only checks that the store answers. */
const NO_TENANT = '-';

/** Makes a cheap request to each part. A part that rejects is not ready. */
export function createReadiness({
  models,
  store,
  queue,
  runner: { executionProvider },
  checks: others = {},
}: Parts): Service['readiness'] {
  return async () => {
    const [storeAnswers, queueAnswers, ...more] = await Promise.all([
      answers(store.usage(NO_TENANT)),
      answers(queue.depth()),
      ...Object.entries(others).map(async ([name, check]) => [name, await check()] as const),
    ]);
    const checks = {
      models: models.list().length > 0,
      store: storeAnswers,
      queue: queueAnswers,
      ...Object.fromEntries(more),
    };
    return { ready: Object.values(checks).every(Boolean), checks, executionProvider };
  };
}

async function answers(request: Promise<unknown>): Promise<boolean> {
  return request.then(
    () => true,
    () => false,
  );
}

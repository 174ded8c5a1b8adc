import type { Adaptation } from '../../src/domain/adaptation.ts';
import { InnerloopError } from '../../src/errors.ts';
import type { Package } from '../../src/package/manifest.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { ProgramRunner } from '../../src/ports/program-runner.ts';
import { createService } from '../../src/service/create-service.ts';
import { createInputDecoder } from '../../src/service/inputs/input-decoder.ts';
import type { AdaptRequest, RawExample, Service } from '../../src/service/service.ts';
import type { ServiceOptions } from '../../src/service/service-options.ts';
import { plenty } from './examples.ts';
import { createMemoryQueue } from './memory/adaptation-queue.ts';
import { createMemoryKeyStore } from './memory/key-store.ts';
import { createMemoryStateCache } from './memory/state-cache.ts';
import { createMemoryTaskStore } from './memory/task-store.ts';

export interface TestService extends AsyncDisposable, ServiceOptions {
  readonly service: Service;
  readonly errors: readonly unknown[];
}

/** A service over stores and a queue in memory. Its clock advances by a millisecond at each reading. */
export function openService(
  runner: ProgramRunner,
  packages: readonly Package[],
  overrides: Partial<ServiceOptions> = {},
): TestService {
  const errors: unknown[] = [];
  const quota = { ...plenty, queued: 10 };
  const store = createMemoryTaskStore({ quota });
  const options: ServiceOptions = {
    packages,
    runner,
    store,
    predictions: store.predictions,
    cache: createMemoryStateCache({ maxBytes: 1e7 }),
    queue: createMemoryQueue({ concurrency: 1, onError: (error) => errors.push(error) }),
    keyStore: createMemoryKeyStore(),
    clock: tickingClock(),
    decodeInput: createInputDecoder({
      decode: () => Promise.reject(new InnerloopError('invalid_image', 'none')),
    }),
    quota,
    limits: { inputs: 50, numbers: 1000, pixels: 1000 },
    onError: (error) => errors.push(error),
    onEnded: () => undefined,
    ...overrides,
  };
  const service = createService(options);
  return {
    ...options,
    service,
    errors,
    async [Symbol.asyncDispose]() {
      await service.stopReports();
      for (const each of [options.queue, options.cache, options.store]) await each[Symbol.asyncDispose]();
    },
  };
}

/** The data that stay when a process ends, for the next process that opens them. */
export const kept = ({ store, cache }: TestService): Pick<ServiceOptions, 'store' | 'cache'> => ({
  store,
  cache,
});

export function tickingClock(start = Date.UTC(2026, 0, 1)): Clock {
  let now = start;
  return {
    now: () => {
      now += 1;
      return new Date(now);
    },
  };
}

/** Examples in the form of `POST /tasks/{task}/adapt`. */
export function labelled(
  ...examples: readonly (readonly [label: string, ...input: number[]])[]
): RawExample[] {
  return examples.map(([label, ...value]) => ({
    input: { kind: 'json', value },
    label,
  }));
}

/** Points near (0, 0) are `low`, points near (1, 1) are `high`. */
export const corners: AdaptRequest & { readonly support: readonly RawExample[] } = {
  model: 'tiny-gradients',
  modelPointer: '/model',
  support: labelled(['low', 0, 0], ['low', 0.1, 0], ['high', 1, 1], ['high', 0.9, 1]),
};

export const settle = (service: Service, accepted: Adaptation): Promise<Adaptation> =>
  service.waitUntilEnded(accepted, AbortSignal.timeout(20_000));

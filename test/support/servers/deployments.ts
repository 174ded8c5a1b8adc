import { describe, onTestFinished } from 'vitest';
import { describeWithRedis, startRedis } from '../redis/redis.ts';
import { type Served, serve } from './serve.ts';

/** The addresses of a deployment: one process for everything, or one API process and one worker process. */
export interface Deployment {
  readonly api: Served;
  readonly worker: Served;
}

/** Runs `body` for a service in one process, and for API and worker processes with Redis. They end with the running test. */
export function describeDeployments(
  name: string,
  body: (start: (environment?: Readonly<Record<string, string>>) => Promise<Deployment>) => void,
): void {
  describe(`${name}, in one process`, () =>
    body(async (environment = {}) => {
      const all = await serve(environment);
      return { api: all, worker: all };
    }));
  describeWithRedis(`${name}, over Redis`, () =>
    body(async (environment = {}) => {
      const redis = await startRedis();
      onTestFinished(() => redis[Symbol.asyncDispose]());
      const shared = { ...environment, REDIS_URL: redis.url };
      const worker = await serve({ ...shared, ROLE: 'worker' });
      return { api: await serve({ ...shared, ROLE: 'api' }), worker };
    }),
  );
}

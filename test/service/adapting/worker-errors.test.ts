import { expect, it } from 'vitest';
import { InnerloopError } from '../../../src/errors.ts';
import { startWorker } from '../../../src/service/adapting/process-adaptations.ts';
import type { Service } from '../../../src/service/service.ts';
import { eventually } from '../../support/eventually.ts';

const away = new InnerloopError('unavailable', 'The store cannot be reached: try again');

/** A worker whose background work fails with `error` while there is one. `rounds` counts the searches that have begun. */
function workerOf() {
  const told: string[] = [];
  const world = { error: null as Error | null, rounds: 0 };
  const work = async () => {
    if (world.error) throw world.error;
  };
  const service = {
    processAdaptations: () => undefined,
    resubmitUnfinished: async () => {
      world.rounds++;
      await work();
    },
    removeExpiredIdempotencyKeys: work,
    resumeFeedback: work,
    removeExpiredPredictions: work,
    resumeDeletions: work,
  } as unknown as Service;
  const start = () =>
    startWorker(service, { resumeEveryMs: 2, onError: (error, what) => told.push(`${what}: ${error}`) });
  const afterRounds = (count: number) => {
    const last = world.rounds + count;
    return eventually(() => expect(world.rounds).toBeGreaterThan(last), { interval: 1 });
  };
  return { world, told, start, afterRounds };
}

it('reports an outage of the store once, however long it is, and the next one again', async () => {
  const { world, told, start, afterRounds } = workerOf();
  world.error = away;
  using _ = start();
  await afterRounds(3);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('The store cannot be reached');
  world.error = null;
  await afterRounds(3);
  world.error = away;
  await afterRounds(3);
  expect(told).toHaveLength(2);
});

it('reports every other error, with the work that failed', async () => {
  const { world, told, start, afterRounds } = workerOf();
  world.error = new TypeError('broken');
  using _ = start();
  await afterRounds(2);
  expect(
    told.filter((each) => each === 'resuming unfinished adaptations: TypeError: broken').length,
  ).toBeGreaterThan(1);
  expect(told).toContain('deleting tenants: TypeError: broken');
});

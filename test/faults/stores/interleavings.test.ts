import fc from 'fast-check';
import { describe, it, onTestFinished } from 'vitest';
import { fuzz } from '../../support/fuzz.ts';
import { tinyPackages } from '../../support/packages.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { onFiles, onRedis, type WorkingService, working } from '../support/backends.ts';
import { type Command, createInterleaving, KINDS, type References } from '../support/interleaving.ts';

const RESUME_EVERY_MS = 500;

/** Most commands use the same task. The others show that tasks are not confused. */
const commands: fc.Arbitrary<Command> = fc.record({
  kind: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...KINDS) },
    { weight: 1, arbitrary: fc.constantFrom('replace', 'append', 'predict', 'predict') },
  ),
  tenant: fc.constantFrom(0, 0, 0, 0, 1, 2),
  task: fc.constantFrom(0, 0, 0, 1),
  service: fc.constantFrom(0, 1),
  choice: fc.nat({ max: 2 }),
  waits: fc.boolean(),
});
/** The groups run one after the other; the commands of a group run at the same time. */
const programs = fc.array(fc.array(commands, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });

async function holds(services: readonly WorkingService[], numRuns: number): Promise<void> {
  const references: References = new Map();
  const counts: Record<string, number> = {};
  let run = 0;
  await fc.assert(
    fc.asyncProperty(programs, async (groups) => {
      const interleaving = createInterleaving(services, references, counts, run++);
      for (const group of groups) await interleaving.together(group);
      await interleaving.atRest();
    }),
    fuzz(numRuns),
  );
  console.log(`interleavings: ${JSON.stringify({ runs: run, services: services.length, ...counts })}`);
}

describe('requests that interleave', () => {
  it('get answers that were right at some moment in between, from their own tenant, with LMDB', async () => {
    await holds([await working(await onFiles(), tinyPackages.prototypes(), RESUME_EVERY_MS)], 400);
  }, 240_000);
});

describeWithRedis('requests to two services over one Redis that interleave', () => {
  it('get answers that were right at some moment in between, from their own tenant, with Redis', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis[Symbol.asyncDispose]());
    const services = [
      await working(await onRedis(redis.url), tinyPackages.prototypes(), RESUME_EVERY_MS),
      await working(await onRedis(redis.url), tinyPackages.prototypes(), RESUME_EVERY_MS),
    ];
    await holds(services, 100);
  }, 240_000);
});

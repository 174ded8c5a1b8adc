import fc from 'fast-check';
import { describe, it, onTestFinished } from 'vitest';
import { fuzz } from '../../support/fuzz.ts';
import { describeWithRedis, startRedis } from '../../support/redis/redis.ts';
import { onFiles, onRedis, type WorkingService, working } from '../support/backends.ts';
import { type Command, KINDS } from '../support/interleaving/command.ts';
import { createInterleaving, type References } from '../support/interleaving/interleaving.ts';
import { numbers, type Subject, texts } from '../support/subjects.ts';

const RESUME_EVERY_MS = 500;
const SUBJECTS: readonly { readonly name: string; open(): Promise<Subject>; readonly runs: number }[] = [
  { name: 'numbers', open: async () => numbers(), runs: 80 },
  { name: 'texts, which an encoder reads', open: texts, runs: 40 },
];

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

async function holds(services: readonly WorkingService[], subject: Subject, numRuns: number): Promise<void> {
  const references: References = new Map();
  const counts: Record<string, number> = {};
  let run = 0;
  await fc.assert(
    fc.asyncProperty(programs, async (groups) => {
      const interleaving = createInterleaving(services, subject, references, counts, run++);
      for (const group of groups) await interleaving.together(group);
      await interleaving.atRest();
    }),
    fuzz(numRuns),
  );
  const { model } = subject;
  console.log(`interleavings: ${JSON.stringify({ model, runs: run, services: services.length, ...counts })}`);
}

describe('requests that interleave', () => {
  it.each(SUBJECTS)(
    'get answers that were right at some moment in between, from their own tenant, with LMDB ($name)',
    async ({ open, runs }) => {
      const subject = await open();
      await holds([await working(await onFiles(), subject.installed, RESUME_EVERY_MS)], subject, 5 * runs);
    },
    240_000,
  );
});

describeWithRedis('requests to two services over one Redis that interleave', () => {
  it.each(SUBJECTS)(
    'get answers that were right at some moment in between, from their own tenant, with Redis ($name)',
    async ({ open, runs }) => {
      const redis = await startRedis();
      onTestFinished(() => redis[Symbol.asyncDispose]());
      const subject = await open();
      const start = async () => working(await onRedis(redis.url), subject.installed, RESUME_EVERY_MS);
      await holds([await start(), await start()], subject, runs);
    },
    240_000,
  );
});

import { afterAll, beforeAll } from 'vitest';
import type { Package } from '../../src/package/manifest.ts';
import type { ProgramRunner } from '../../src/ports/program-runner.ts';
import { createMemoryRunner } from './memory/program-runner.ts';

/** A runner in memory that has loaded these packages, for the tests of one file. */
export function loadedRunner(packages: readonly Package[]): ProgramRunner {
  const runner = createMemoryRunner();
  beforeAll(async () => {
    for (const each of packages) await runner.load(each);
  });
  afterAll(() => runner[Symbol.asyncDispose]());
  return runner;
}

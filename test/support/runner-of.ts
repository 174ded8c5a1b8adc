import type { ProgramRunner } from '../../src/ports/program-runner.ts';

/** The methods of a runner as properties, so that a test can replace single ones. */
export function runnerOf(runner: ProgramRunner): ProgramRunner {
  return {
    executionProvider: runner.executionProvider,
    load: (pkg) => runner.load(pkg),
    adapt: (run) => runner.adapt(run),
    splits: (run) => runner.splits(run),
    predict: (run) => runner.predict(run),
    forget: (id) => runner.forget(id),
    isResident: (id) => runner.isResident(id),
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
  };
}

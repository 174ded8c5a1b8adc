import { rowOf } from '../../src/domain/trust/assessment.ts';
import { rootMeanSquare } from '../../src/domain/trust/report/baselines.ts';
import type { Package } from '../../src/package/manifest.ts';
import type { ProgramRunner } from '../../src/ports/program-runner.ts';
import type { Tensor } from '../../src/tensor.ts';
import type { Episode, EpisodeSource } from '../../src/training/datasets/dataset.ts';
import { adaptedState, logitsOf } from './adapted.ts';
import { assess, type Simulation, simulateEach } from './simulate.ts';

/** A task that predicts numbers: the root of the mean squared error by left-out examples, and by queries. */
export interface SimulatedRegression {
  readonly estimate: number;
  readonly n: number;
  readonly truth: number;
  readonly queries: number;
}

/** Tasks from `source`, each assessed and answered with the programs of the service. */
export function simulateRegressions(
  pkg: Package,
  source: EpisodeSource,
  runner: ProgramRunner,
  shape: Omit<Simulation, 'ways'>,
): Promise<readonly SimulatedRegression[]> {
  return simulateEach(pkg, source, runner, { ways: 1, ...shape }, simulateOne);
}

async function simulateOne(
  pkg: Package,
  runner: ProgramRunner,
  { support, query }: Episode,
  id: string,
): Promise<SimulatedRegression> {
  const { tested, outOfFold } = await assess(pkg, runner, support, id);
  const state = await adaptedState(pkg, runner, support);
  const answers = await logitsOf(pkg, runner, state, query.x);
  const queries = query.y.shape[0] ?? 0;
  return {
    estimate: errorOf(support.y, outOfFold, tested),
    n: tested.length,
    truth: errorOf(query.y, answers, [...Array(queries).keys()]),
    queries,
  };
}

const errorOf = (targets: Tensor, answers: Tensor, rows: readonly number[]): number =>
  rootMeanSquare(
    rows.flatMap((row) => {
      const answer = rowOf(answers, row);
      return [...rowOf(targets, row)].map((each, i) => each - (answer[i] as number));
    }),
  );

/** Deviations of the logarithm of the estimate from that of the truth, in the standard errors of both; see `intervalOfError`. */
export function deviationOfError({ estimate, n, truth, queries }: SimulatedRegression): number {
  const difference = Math.abs(2 * Math.log(estimate / truth));
  return estimate === truth ? 0 : difference / Math.sqrt(2 / n + 2 / queries);
}

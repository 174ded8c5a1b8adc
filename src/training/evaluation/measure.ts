import { InnerloopError } from '../../errors.ts';
import type { Metric, Package } from '../../package/manifest.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import { type DatasetRecipe, datasets } from '../datasets/catalogue.ts';
import type { EpisodeSource } from '../datasets/dataset.ts';
import { boundsProblems } from '../recipe/check-recipe.ts';
import type { Evaluation } from '../recipe/recipe.ts';
import { evaluateCommand } from '../recipe/reproduce.ts';
import { evaluate } from './evaluate.ts';

export interface Measurement {
  readonly pkg: Package;
  /** The recipe's dataset that `source` was opened from. */
  readonly dataset: DatasetRecipe;
  readonly source: EpisodeSource;
  /** The package's folder, as written in the command on the card. */
  readonly folder: string;
  readonly runner: ProgramRunner;
  readonly evaluation: Evaluation;
  readonly signal?: AbortSignal;
  onEpisode?(done: number): void;
}

/** One line of a model card: the package's programs on fresh episodes, at the package's default rate. */
export async function measure({
  pkg,
  dataset,
  source,
  folder,
  runner,
  ...how
}: Measurement): Promise<Metric> {
  const { task, inner } = pkg.manifest;
  requireWithinBounds(pkg, [how.evaluation]);
  const { ways, ...rest } = how.evaluation;
  const { mean, interval95 } = await evaluate(pkg, source, runner, {
    ...rest,
    ways: ways ?? 1,
    rate: inner.rate.default,
    ...(how.signal && { signal: how.signal }),
    ...(how.onEpisode && { onEpisode: how.onEpisode }),
  });
  return {
    name: task === 'classification' ? 'accuracy' : 'mse',
    value: mean,
    interval95,
    dataset: source.name,
    split: source.split,
    protocol: datasets[dataset.name].protocol,
    ...how.evaluation,
    command: evaluateCommand(folder, how.evaluation, source.split),
  };
}

/**
 * Refuses evaluations beyond the package's bounds, since the service would refuse such a request.
 * @throws InnerloopError `invalid_settings` that lists every problem.
 */
export function requireWithinBounds({ manifest }: Package, evaluations: readonly Evaluation[]): void {
  const problems = evaluations.flatMap((each) => boundsProblems(manifest, each, ''));
  const lines = problems.map(
    ({ pointer, expected, got }) =>
      `Expected ${pointer.slice(1)} of this package to be ${expected}, got ${got}`,
  );
  if (lines.length === 0) return;
  throw new InnerloopError('invalid_settings', [...new Set(lines)].join('; '), { ...problems[0] });
}

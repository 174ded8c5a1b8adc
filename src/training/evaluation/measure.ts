import { InnerloopError } from '../../errors.ts';
import type { Metric, Package } from '../../package/manifest.ts';
import type { Problem } from '../../package/schema-problems.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import { type DatasetRecipe, protocolOf } from '../datasets/catalogue.ts';
import type { EpisodeSource } from '../datasets/dataset.ts';
import { boundsProblems, episodeProblems } from '../recipe/check-recipe.ts';
import type { Evaluation } from '../recipe/recipe.ts';
import { evaluateCommand } from '../recipe/reproduce.ts';
import { evaluate } from './evaluate.ts';

export interface Measurement {
  readonly pkg: Package;
  /** The dataset section of the recipe for which `source` was opened; null for data of which nothing was in training. */
  readonly dataset: DatasetRecipe | null;
  readonly source: EpisodeSource;
  /** The package's folder, as written in the command on the card. */
  readonly folder: string;
  readonly runner: ProgramRunner;
  readonly evaluation: Evaluation;
  readonly signal?: AbortSignal;
  onEpisode?(done: number): void;
}

/** One metric of a model card: runs the package's programs on new episodes at the package's default rate. */
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
  const { ways, data: _, ...rest } = how.evaluation;
  const { mean, interval95, calibrationError } = await evaluate(pkg, source, runner, {
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
    ...(calibrationError !== null && { calibrationError }),
    dataset: source.name,
    split: source.split,
    protocol: protocolOf(dataset, source.split),
    ...(ways !== undefined && { ways }),
    ...rest,
    command: evaluateCommand(folder, how.evaluation, source.split),
  };
}

/**
 * Refuses evaluations outside the package's limits, because the service would refuse such a request.
 * @throws InnerloopError `invalid_settings` that lists every problem.
 */
export function requireWithinBounds({ manifest }: Package, evaluations: readonly Evaluation[]): void {
  refuse(
    'of this package ',
    evaluations.flatMap((each) => boundsProblems(manifest, each, '')),
  );
}

/**
 * Refuses evaluations for which a split or a data set has too few classes or examples. Runs before examples are decoded.
 * @throws InnerloopError `invalid_settings` that lists every problem.
 */
export function requireWithinClasses(
  classes: readonly { readonly count: number }[] | null,
  whose: string,
  evaluations: readonly Evaluation[],
): void {
  if (classes === null) return;
  refuse(
    '',
    evaluations.flatMap((each) => episodeProblems('', each, whose, classes)),
  );
}

function refuse(whose: string, problems: readonly Problem[]): void {
  const lines = problems.map(
    ({ pointer, expected, got }) => `Expected ${pointer.slice(1)} ${whose}to be ${expected}, got ${got}`,
  );
  if (lines.length === 0) return;
  throw new InnerloopError('invalid_settings', [...new Set(lines)].join('; '), { ...problems[0] });
}

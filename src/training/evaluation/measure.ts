import { InnerloopError } from '../../errors.ts';
import type { Metric, Package } from '../../package/manifest.ts';
import type { ProgramRunner } from '../../ports/program-runner.ts';
import { type DatasetRecipe, datasets } from '../datasets/catalogue.ts';
import type { EpisodeSource } from '../datasets/dataset.ts';
import type { Evaluation } from '../recipe/recipe.ts';
import { evaluateCommand } from '../recipe/reproduce.ts';
import { evaluate } from './evaluate.ts';

export interface Measurement {
  readonly pkg: Package;
  /** What `source` was opened from. */
  readonly dataset: DatasetRecipe;
  readonly source: EpisodeSource;
  /** The package's folder, as its command names it. */
  readonly folder: string;
  readonly runner: ProgramRunner;
  readonly evaluation: Evaluation;
  readonly signal?: AbortSignal;
  onEpisode?(done: number): void;
}

/** One line of a model card: the package's own programs on fresh episodes, at the package's own rate. */
export async function measure({
  pkg,
  dataset,
  source,
  folder,
  runner,
  ...how
}: Measurement): Promise<Metric> {
  const { task, inner } = pkg.manifest;
  requireWithin(pkg, how.evaluation);
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

/** The service would refuse what is out of the package's bounds, so no number is given for it. */
function requireWithin({ manifest: { inner, task } }: Package, { ways = 1, shots, steps }: Evaluation): void {
  const within = (what: string, got: number, { minimum, maximum }: { minimum: number; maximum: number }) => {
    if (got >= minimum && got <= maximum) return;
    const expected = `${minimum} to ${maximum} ${what}`;
    const message = `Expected ${expected} of this package, got ${got}`;
    throw new InnerloopError('invalid_settings', message, { expected, got: `${got}` });
  };
  within('steps', steps, inner.steps);
  within('examples', ways * shots, inner.examples);
  if (task === 'classification' && inner.classes) within('ways', ways, inner.classes);
}

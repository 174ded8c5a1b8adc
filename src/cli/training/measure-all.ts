import type { Metric, Package } from '../../package/manifest.ts';
import { type DatasetRecipe, openDataset } from '../../training/datasets/catalogue.ts';
import type { EpisodeSource } from '../../training/datasets/dataset.ts';
import { openUnseen } from '../../training/datasets/unseen.ts';
import { measure } from '../../training/evaluation/measure.ts';
import type { Evaluation } from '../../training/recipe/recipe.ts';
import { packageFolder } from '../../training/recipe/reproduce.ts';
import type { CliContext, OpenTrainingContext } from '../context.ts';
import { createProgress } from '../display/progress.ts';

export interface Measurements {
  readonly pkg: Package;
  /** The package's folder, which may not exist yet. */
  readonly directory: string;
  /** Data for evaluations that name no data of their own. */
  readonly dataset: DatasetRecipe | null;
  readonly split: string;
  readonly evaluations: readonly Evaluation[];
}

/** Runs one evaluation after the other and shows progress. Stops between episodes when the user presses Ctrl-C. */
export async function measureAll(
  { pkg, directory, dataset, split, evaluations }: Measurements,
  training: OpenTrainingContext,
  { stderr, clock, signal }: CliContext,
): Promise<readonly Metric[]> {
  const sources = new Map<string | undefined, EpisodeSource>();
  const sourceOf = async (data: string | undefined) => {
    const found = sources.get(data) ?? (await open(data));
    sources.set(data, found);
    return found;
  };
  const open = async (data: string | undefined): Promise<EpisodeSource> => {
    if (data !== undefined) return openUnseen(data, pkg.manifest, training);
    if (dataset === null) throw new RangeError('Expected evaluations with data');
    return openDataset(dataset, split, training);
  };
  const metrics: Metric[] = [];
  for (const evaluation of evaluations) {
    const { data, ways, shots, steps, episodes } = evaluation;
    const source = await sourceOf(data);
    const name = `${ways === undefined ? '' : `${ways}-way `}${shots}-shot, steps ${steps}`;
    const progress = createProgress({ name, stream: stderr, clock });
    try {
      metrics.push(
        await measure({
          pkg,
          dataset: data === undefined ? dataset : null,
          source,
          folder: packageFolder(directory, pkg.manifest.name),
          runner: training.programs,
          evaluation,
          signal,
          onEpisode: (done) => progress.update({ done, total: episodes, notes: [] }),
        }),
      );
    } finally {
      progress.stop();
    }
  }
  return metrics;
}

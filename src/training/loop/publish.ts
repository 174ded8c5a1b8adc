import { join } from 'node:path';
import { replaceFile } from '../../package/files.ts';
import type { Metric, Package } from '../../package/manifest.ts';
import { verifyReadable, writePackage } from '../../package/write.ts';
import { renderCard } from '../card/card.ts';
import { renderCurve } from '../card/curve.ts';
import { datasets } from '../datasets/catalogue.ts';
import { describeTrainingData, trainingDataPath } from '../evaluation/training-data.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { packageFolder } from '../recipe/reproduce.ts';
import { isEpisodic, type Training } from '../recipe/training.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Trained } from './train-package.ts';

export const CURVE = 'training-curve.svg';

/**
 * Writes a trained package into `directory`, beside its recipe: programs, manifest, curve, model card and a record of
 * its training data.
 * @throws InnerloopError `invalid_package` for a package that could not be read again, for example because a metric is
 * not finite. Then nothing is written.
 */
export async function publish(
  directory: string,
  recipe: Recipe,
  { pkg, checkpoint, data, classes }: Trained,
  metrics: readonly Metric[],
): Promise<Package> {
  const manifest = { ...pkg.manifest, metrics: [...metrics] };
  const published = { ...pkg, manifest };
  verifyReadable(published);
  const folder = packageFolder(directory, recipe.name);
  await replaceFile(join(directory, CURVE), curveOf(recipe, checkpoint));
  await replaceFile(
    join(directory, 'README.md'),
    renderCard({ manifest, recipe, data, folder, curve: CURVE }),
  );
  await replaceFile(
    trainingDataPath(directory),
    `${JSON.stringify(describeTrainingData(recipe, classes))}\n`,
  );
  await writePackage(directory, published);
  return published;
}

/** The training curve, an SVG. */
export function curveOf(
  recipe: Recipe,
  { losses, validations }: Pick<Checkpoint, 'losses' | 'validations'>,
): string {
  const { training, algorithm, network, dataset } = recipe;
  const regression = datasets[dataset.name].task === 'regression';
  const { batch, examples } = batchOf(training, regression);
  return renderCurve({
    title: `${recipe.name} ${recipe.version}`,
    subtitle: [algorithm.name, network.name, `${dataset.name}, ${examples}`, `seed ${training.seed}`].join(
      ' · ',
    ),
    xLabel: `iterations of ${batch}`,
    loss: losses,
    validation: { metric: regression ? 'error' : 'accuracy', points: validations },
  });
}

/** What an iteration reads, in words. */
function batchOf(training: Training, regression: boolean) {
  if (!isEpisodic(training))
    return { batch: `${training.examples} examples`, examples: `${training.objective} training` };
  const { metaBatch, ways, shots, alternating = [] } = training;
  const shape = `${regression ? '' : `${ways}-way `}${shots}-shot episodes`;
  const count = alternating.length;
  const others = count === 0 ? '' : ` and ${count} other ${count === 1 ? 'shape' : 'shapes'}`;
  return { batch: `${metaBatch} episodes`, examples: `${shape}${others}` };
}

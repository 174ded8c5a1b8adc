import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metric, Package } from '../../package/manifest.ts';
import { verifyReadable, writePackage } from '../../package/write.ts';
import { renderCard } from '../card/card.ts';
import { renderCurve } from '../card/curve.ts';
import { datasets } from '../datasets/catalogue.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { packageFolder } from '../recipe/reproduce.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Trained } from './train-package.ts';

const CURVE = 'training-curve.svg';

/**
 * Write a trained package into `directory`, beside its recipe: programs, manifest, curve and model card.
 * @throws InnerloopError `invalid_package` for what nobody could read again, such as a metric that is not finite; then
 * nothing is written.
 */
export async function publish(
  directory: string,
  recipe: Recipe,
  { pkg, checkpoint, data }: Trained,
  metrics: readonly Metric[],
): Promise<Package> {
  const manifest = { ...pkg.manifest, metrics: [...metrics] };
  const published = { ...pkg, manifest };
  verifyReadable(published);
  await writeFile(join(directory, CURVE), curveOf(recipe, checkpoint));
  await writeFile(
    join(directory, 'README.md'),
    renderCard({ manifest, recipe, data, folder: packageFolder(directory, recipe.name), curve: CURVE }),
  );
  await writePackage(directory, published);
  return published;
}

function curveOf(recipe: Recipe, { losses, validations }: Checkpoint): string {
  const { training, algorithm, network, dataset } = recipe;
  const regression = datasets[dataset.name].task === 'regression';
  const episodes = `${regression ? '' : `${training.ways}-way `}${training.shots}-shot episodes`;
  return renderCurve({
    title: `${recipe.name} ${recipe.version}`,
    subtitle: [algorithm.name, network.name, `${dataset.name}, ${episodes}`, `seed ${training.seed}`].join(
      ' · ',
    ),
    xLabel: `iterations of ${training.metaBatch} episodes`,
    loss: losses,
    validation: { measure: regression ? 'error' : 'accuracy', points: validations },
  });
}

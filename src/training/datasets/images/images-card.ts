import type { DatasetCard } from '../dataset.ts';
import { countImages, folderName, type ImagesRecipe } from './images.ts';

/**
 * The model card's facts about the current content of a folder of images: its name and numbers, but not its path on
 * this machine.
 */
export async function imagesCard(recipe: ImagesRecipe): Promise<DatasetCard> {
  const { classes, images, leftOut, train, val, test } = await countImages(recipe);
  const { path, size, minImages, split } = recipe;
  const folder = folderName(path);
  const small = leftOut === 0 ? '' : `, those with fewer than ${minImages} images left out (${leftOut})`;
  return {
    use: `Classifying pictures like those of \`${folder}\` into new classes, from a few examples of each.`,
    data:
      `Own images: ${images} images of ${classes} classes, one folder per class in \`${folder}\`${small}. Split by seed ` +
      `${split.seed} into ${train} classes to train on, ${val} to validate and ${test} to test; no class is in two splits.`,
    limits:
      'Trained and measured on pictures of this folder only. Every picture ' +
      `is stretched to ${size}×${size}. The interval is over episodes of the same ${test} test classes; ` +
      'with few classes it can be too narrow for other classes.',
    licence: 'The owner of the images decides on the licence of this package. It contains no image.',
  };
}

import type { DatasetCard } from './dataset.ts';
import { countImages, folderName, type ImagesRecipe } from './images.ts';

/** What the model card says of a folder of images as it is now: its name and numbers, and no path of this machine. */
export async function imagesCard(recipe: ImagesRecipe): Promise<DatasetCard> {
  const { classes, images, leftOut, train, val, test } = await countImages(recipe);
  const { path, size, minImages, split } = recipe;
  const folder = folderName(path);
  const small = leftOut === 0 ? '' : `, those with fewer than ${minImages} images left out (${leftOut})`;
  return {
    use: `Telling apart new classes of pictures like those of \`${folder}\`, of which there are only a few examples each.`,
    data:
      `Images of one's own: ${images} of ${classes} classes, one folder each in \`${folder}\`${small}. Split by seed ` +
      `${split.seed} into ${train} classes to train on, ${val} to validate and ${test} to test: no class is in two.`,
    limits:
      'Trained and measured on pictures of one folder only; others were never seen and are not measured. Every picture ' +
      `is stretched to ${size}×${size}. The interval is over episodes of the same ${test} test classes: with few ` +
      'of them, others may do better or worse than it says.',
    licence:
      'The images are those of whoever trained this package, who also decides on its licence. None is part of it.',
  };
}

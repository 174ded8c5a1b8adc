import type { DatasetCard } from '../dataset.ts';
import { nameOfData } from './content-classes.ts';
import type { ContentsRecipe } from './contents-section.ts';

/** What encoders of each kind read. */
export const SUBJECTS = {
  image: 'pictures',
  text: 'texts',
  audio: 'sounds',
  tensor: 'arrays of numbers',
} as const;

/**
 * The facts about data sets of contents on a model card. They come from the recipe, so the card can be rendered without the
 * data.
 */
export async function contentsCard({
  encoder,
  paths,
  split,
  maxExamples,
}: ContentsRecipe): Promise<DatasetCard> {
  const subjects = SUBJECTS[encoder.kind];
  const names = paths.map((path) => `\`${nameOfData(path)}\``).join(', ');
  const most = maxExamples === undefined ? '' : `, at most ${maxExamples} ${subjects} of each class`;
  const percent = (part: number) => `${Math.round(100 * part)} %`;
  return {
    use: `Classifying ${subjects} into any classes, from a few examples of each.`,
    data:
      `Features of encoder \`${encoder.name}\`, which is frozen. The package was meta-trained on ${names}${most}. ` +
      `Of the classes of each data set, ${percent(split.val)} were held out to validate and ${percent(split.test)} to test, chosen by seed ${split.seed}.`,
    limits:
      'A head can tell classes apart only if their features differ. With one example of each class, no example can be left out to calibrate the probabilities. They are then calibrated for the training data, and too high on harder data. The intervals are over episodes of the same classes.',
    licence:
      'The package is under the licence of the repository. The licence of the encoder is in its `encoder.json`. No example is part of this package.',
  };
}

import type { DatasetCard } from '../dataset.ts';
import { type ContentsRecipe, nameOfData } from './contents.ts';

const SUBJECTS = { image: 'pictures', text: 'texts', audio: 'sounds', tensor: 'arrays of numbers' } as const;

/** The model card's facts about data sets of contents: what the recipe says, so that it can be rendered without the data. */
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
      `Features of encoder \`${encoder.name}\`, which is frozen. Adapter and head were meta-trained on ${names}${most}. ` +
      `Of the classes of each data set, ${percent(split.val)} were held out to validate and ${percent(split.test)} to test, chosen by seed ${split.seed}.`,
    limits:
      'A head can only tell apart what the features of the encoder tell apart. With one example of each class, no example can be left out to check how sure the answers may be: they are as sure as is right for the data of the training, and too sure on data that are harder. The intervals are over episodes of the same classes.',
    licence:
      'The package is under the licence of the repository. The licence of the encoder is in its `encoder.json`. No example is part of this package.',
  };
}

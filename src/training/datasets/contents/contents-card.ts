import type { DatasetCard } from '../dataset.ts';
import { type ContentsRecipe, contentsClasses, nameOfData } from './contents.ts';

const SUBJECTS = { image: 'pictures', text: 'texts', audio: 'sounds' } as const;

/** The model card's facts about data sets of contents: names and numbers, but no path on this machine. */
export async function contentsCard(recipe: ContentsRecipe): Promise<DatasetCard> {
  const { train, val, test } = await contentsClasses(recipe);
  const { encoder, paths, split, maxExamples } = recipe;
  const subjects = SUBJECTS[encoder.kind];
  const names = paths.map((path) => `\`${nameOfData(path)}\``).join(', ');
  const all = [...train, ...val, ...test];
  const examples = all.reduce((sum, { count }) => sum + count, 0);
  const most = maxExamples === undefined ? '' : `, at most ${maxExamples} per class`;
  return {
    use: `Classifying ${subjects} into any classes, from a few examples of each.`,
    data:
      `Features of encoder \`${encoder.name}\`, which is frozen. Adapter and head were meta-trained on ${names}: ${examples} ${subjects} of ` +
      `${all.length} classes${most}. Split by seed ${split.seed} into ${train.length} classes to train on, ${val.length} to validate and ${test.length} to test; no class is in two splits.`,
    limits:
      'A class that the encoder cannot see or tell apart cannot be learned by the head. The intervals are over episodes of the same classes.',
    licence:
      'The package is under the licence of the repository. The licence of the encoder is in its `encoder.json`. No example is part of this package.',
  };
}

import { type Static, Type } from 'typebox';
import type { Preprocessing } from '../../package/manifest.ts';
import { contentsClasses } from './contents/content-classes.ts';
import { type ContentsContext, contents } from './contents/contents.ts';
import { contentsCard } from './contents/contents-card.ts';
import { ContentsRecipe, encoderPreprocessing } from './contents/contents-section.ts';
import { type DatasetCard, type EpisodeSource, inRandomOrder } from './dataset.ts';
import {
  type ImagesContext,
  ImagesRecipe,
  images,
  imagesClasses,
  imagesPreprocessing,
} from './images/images.ts';
import { imagesCard } from './images/images-card.ts';
import { OMNIGLOT_SHAPE, omniglot, omniglotClasses, omniglotPreprocessing } from './omniglot.ts';
import { sinusoid } from './sinusoid.ts';
import type { SplitName } from './split-classes.ts';

/** A recipe's `dataset` section. */
export const DatasetRecipe = Type.Union([
  Type.Object(
    { name: Type.Literal('omniglot'), path: Type.String(), ink: Type.Optional(Type.Literal('normalise')) },
    { additionalProperties: false },
  ),
  Type.Object({ name: Type.Literal('sinusoid') }, { additionalProperties: false }),
  ImagesRecipe,
  ContentsRecipe,
]);
export type DatasetRecipe = Static<typeof DatasetRecipe>;
export type DatasetName = DatasetRecipe['name'];

/** Everything that opening a dataset may need: a decoder, a cache folder, callbacks. */
export type DatasetContext = ImagesContext & ContentsContext;

/** A class of a dataset and how many examples it has. */
export interface ClassSize {
  readonly name: string;
  readonly count: number;
}
export type SplitClasses = Readonly<Record<SplitName, readonly ClassSize[]>>;

interface Dataset<Recipe extends DatasetRecipe> {
  open(recipe: Recipe, split: string, context: DatasetContext): Promise<EpisodeSource>;
  readonly task: 'classification' | 'regression';
  /** The classes of each split, without decoding an example; null for regression. */
  classes(recipe: Recipe): Promise<SplitClasses | null>;
  inputShape(recipe: Recipe): readonly number[];
  /** The preprocessing of inputs for packages that are trained on this dataset. */
  preprocessing(recipe: Recipe): Preprocessing;
  /** How episodes are drawn for evaluation. This text is printed with every metric. */
  readonly protocol: string;
  card(recipe: Recipe): Promise<DatasetCard>;
}

/** The protocol of measurements on classes of a data set that a package was not trained on. */
const UNSEEN = 'classes that were not in training; non-transductive';
const HELD_OUT = 'classes held out from training, chosen by a seed; non-transductive';

/** The protocols of splits that training has read, for data sets whose own protocol is about held-out or unseen classes. */
const READ: Readonly<Record<string, string>> = {
  train: 'classes of the training; non-transductive',
  val: 'classes of the validation, which chose the weights; non-transductive',
};

/** How episodes of a split are drawn. `dataset` is null for data of which nothing was in training. */
export function protocolOf(dataset: DatasetRecipe | null, split: string): string {
  const protocol = dataset === null ? UNSEEN : datasets[dataset.name].protocol;
  return protocol === UNSEEN || protocol === HELD_OUT ? (READ[split] ?? protocol) : protocol;
}

export const datasets: {
  readonly [Name in DatasetName]: Dataset<Extract<DatasetRecipe, { name: Name }>>;
} = {
  omniglot: {
    open: ({ path, ink }, split, context) => omniglot({ path, split, ...(ink && { ink }), ...context }),
    task: 'classification',
    classes: ({ path }) => omniglotClasses(path),
    inputShape: () => OMNIGLOT_SHAPE,
    preprocessing: omniglotPreprocessing,
    protocol:
      'characters of the split of Vinyals et al., each turned by quarter turns as four classes; non-transductive',
    card: async () => ({
      use:
        'Classifying signs, letters and simple line drawings from a few examples of each: ' +
        'one sign per picture, in any ink on any paper, drawn or photographed.',
      data:
        'Omniglot (Lake, Salakhutdinov & Tenenbaum, Science 350, 2015): 1623 handwritten characters of 50 alphabets, ' +
        '20 drawings each, reduced to 28×28. Split of Vinyals et al. (2016): 1028 characters for training, 172 for validation, ' +
        '423 for testing. Each character counts as four classes, rotated by 0, 90, 180 and 270 degrees, in test and in training.',
      limits:
        'Trained and measured only on pictures of one drawn character in black on white. Drawings in other inks and on other papers, ' +
        'and photographs of drawings, are converted to black on white first; the results above do not cover that step. ' +
        'Colour, texture and several signs in one picture are not measured. ' +
        'Rotated copies of a sign count as different classes.',
      licence:
        'The package is under the licence of the repository. ' +
        'Omniglot: MIT licence, github.com/brendenlake/omniglot. No drawing is part of this package.',
    }),
  },
  sinusoid: {
    open: async (_recipe, split) => sinusoid(split),
    task: 'regression',
    classes: async () => null,
    inputShape: () => [1],
    preprocessing: () => ({ kind: 'none' }),
    protocol: 'a fresh sine wave per episode; non-transductive',
    card: async () => ({
      use: 'Fitting a sine-like curve through a few points: the standard toy problem of meta-learned regression.',
      data:
        'Sine waves y = A sin(x − φ) with A uniform on 0.1…5, φ on 0…π and x on −5…5 ' +
        '(Finn, Abbeel & Levine, ICML 2017, §5.1). A new wave is drawn for every task; splits differ only in their random stream.',
      limits:
        'Trained for x in −5…5 and sine waves of amplitude 0.1 to 5 only. Scale other data to these ranges first.',
      licence:
        'The package is under the licence of the repository. ' +
        'The data is generated by the training program, so it has no licence.',
    }),
  },
  images: {
    open: images,
    task: 'classification',
    classes: imagesClasses,
    inputShape: ({ channels, size }) => [channels, size, size],
    preprocessing: imagesPreprocessing,
    protocol: HELD_OUT,
    card: imagesCard,
  },
  contents: {
    open: contents,
    task: 'classification',
    classes: contentsClasses,
    inputShape: ({ encoder }) => [encoder.features],
    preprocessing: encoderPreprocessing,
    protocol: UNSEEN,
    card: contentsCard,
  },
};

/** The entry of a name takes recipes of that name, but TypeScript cannot infer this through an index; hence the cast. */
const entryOf = (recipe: DatasetRecipe) => datasets[recipe.name] as Dataset<DatasetRecipe>;

/**
 * Opens the dataset that a recipe names. Support sets are in random order, because some algorithms read the examples
 * one by one.
 * @throws InnerloopError `invalid_recipe`.
 */
export async function openDataset(
  recipe: DatasetRecipe,
  split: string,
  context: DatasetContext,
): Promise<EpisodeSource> {
  const source = await entryOf(recipe).open(recipe, split, context);
  return {
    ...source,
    sample(random, shape) {
      const { support, query } = source.sample(random, shape);
      return { support: inRandomOrder(support, random.fork('order')), query };
    },
  };
}

/**
 * The current classes of each split of a recipe's dataset; null for regression. @throws InnerloopError `invalid_recipe`
 */
export const classesOf = (recipe: DatasetRecipe): Promise<SplitClasses | null> =>
  entryOf(recipe).classes(recipe);

export const inputShapeOf = (recipe: DatasetRecipe): readonly number[] => entryOf(recipe).inputShape(recipe);

/** The preprocessing of inputs for packages that are trained on this dataset. */
export const preprocessingOf = (recipe: DatasetRecipe): Preprocessing =>
  entryOf(recipe).preprocessing(recipe);

/** The model card's facts about a dataset. */
export const datasetCard = (recipe: DatasetRecipe): Promise<DatasetCard> => entryOf(recipe).card(recipe);

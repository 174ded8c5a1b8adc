import { basename } from 'node:path';
import { type Static, Type } from 'typebox';
import { InnerloopError } from '../../../errors.ts';
import type { EncoderPreprocessing } from '../../../package/manifest.ts';
import type { OpenEncoder } from '../../../ports/training-runtime.ts';
import { classEpisodes } from '../class-episodes.ts';
import { type EpisodeSource, joinExamples } from '../dataset.ts';
import { type SplitName, splitClasses, splitName } from '../split-classes.ts';
import { type EmbeddingOptions, embedContents, type RowReader } from './embed-contents.ts';
import { type ContentKind, type LabelledContent, readContents } from './read-contents.ts';

const closed = { additionalProperties: false } as const;
const Fraction = Type.Number({ minimum: 0, maximum: 0.5 });

/** The encoder whose features the examples become. */
export const EncoderRecipe = Type.Object(
  {
    name: Type.String(),
    digest: Type.String(),
    kind: Type.Union([
      Type.Literal('image'),
      Type.Literal('text'),
      Type.Literal('audio'),
      Type.Literal('tensor'),
    ]),
    features: Type.Integer({ minimum: 1 }),
  },
  closed,
);
export type EncoderRecipe = Static<typeof EncoderRecipe>;

/**
 * Pictures, texts, sounds or arrays of numbers in one or several data sets; see `readContents`. An episode draws from one of
 * them.
 */
export const ContentsRecipe = Type.Object(
  {
    name: Type.Literal('contents'),
    encoder: EncoderRecipe,
    paths: Type.Array(Type.String(), { minItems: 1 }),
    /** Classes with fewer examples are left out. */
    minExamples: Type.Integer({ minimum: 2 }),
    /** Further examples of a class are left out. */
    maxExamples: Type.Optional(Type.Integer({ minimum: 2 })),
    /** The part of the classes of each data set that is held out, and the seed that chooses them. */
    split: Type.Object({ seed: Type.Integer(), val: Fraction, test: Fraction }, closed),
  },
  closed,
);
export type ContentsRecipe = Static<typeof ContentsRecipe>;

export interface ContentsContext extends EmbeddingOptions {
  readonly openEncoder: OpenEncoder;
  readonly onNote?: ((note: string) => void) | undefined;
}

export const encoderPreprocessing = ({
  encoder: { name, digest },
}: ContentsRecipe): EncoderPreprocessing => ({
  kind: 'encoder',
  name,
  digest,
});

/** Name of a data set in results: the name of its file or folder. */
export const nameOfData = (path: string) => basename(path).replace(/\.[a-z]+$/i, '');

interface ContentClass {
  readonly name: string;
  readonly contents: readonly LabelledContent[];
}

/** Few-shot classification over features [n, d] of the classes of a split. */
export async function contents(
  recipe: ContentsRecipe,
  split: string,
  context: ContentsContext,
): Promise<EpisodeSource> {
  const reader = await encoderReader(recipe.encoder, context);
  const wanted = splitName(split);
  const sources: EpisodeSource[] = [];
  for (const path of recipe.paths) {
    const classes = await classesAt(path, recipe);
    const chosen = new Set(splitOf(classes, recipe)[wanted]);
    if (chosen.size === 0) continue;
    const place = { path, split, shape: [reader.width] };
    sources.push(await episodesOf(place, classes, (each) => chosen.has(each), reader, context));
  }
  return oneOf(sources, recipe.paths.map(nameOfData).join(', '), split);
}

/** Episodes of all classes of a data set. */
export async function allContents(
  path: string,
  kind: ContentKind,
  shape: readonly number[],
  reader: RowReader,
  context: Omit<ContentsContext, 'openEncoder'>,
): Promise<EpisodeSource> {
  const classes = groupByLabel(await readContents(path, kind));
  return episodesOf({ path, split: 'all', shape }, classes, () => true, reader, context);
}

/** The examples of a split, in the order of the `examples` of its source. */
export async function contentsOfSplit(
  recipe: ContentsRecipe,
  split: SplitName,
): Promise<readonly LabelledContent[]> {
  const found = await Promise.all(
    recipe.paths.map(async (path) => {
      const classes = await classesAt(path, recipe);
      const chosen = new Set(splitOf(classes, recipe)[split]);
      return classes.filter((each) => chosen.has(each)).flatMap((each) => each.contents);
    }),
  );
  return found.flat();
}

/** The encoder as a reader. @throws InnerloopError `invalid_recipe` if it is another than the one that `pointer` states */
export async function encoderReader(
  { name, digest }: Pick<EncoderRecipe, 'name' | 'digest'>,
  { openEncoder }: Pick<ContentsContext, 'openEncoder'>,
  pointer = '/dataset/encoder/digest',
) {
  const { manifest, embed } = await openEncoder(name);
  if (manifest.digest !== digest) throw otherEncoder(pointer, name, digest, manifest.digest);
  const { features: width, preparation } = manifest;
  return { identity: digest, width, kind: preparation.kind, embed };
}

/** The classes of each split and their number of examples, without embedding any. */
export async function contentsClasses(recipe: ContentsRecipe) {
  const all = await Promise.all(
    recipe.paths.map(async (path) => splitOf(await classesAt(path, recipe), recipe)),
  );
  const sizes = (split: 'train' | 'val' | 'test') =>
    all.flatMap((each, i) =>
      each[split].map(({ name, contents: { length } }) => ({
        name: `${nameOfData(recipe.paths[i] as string)}/${name}`,
        count: length,
      })),
    );
  return { train: sizes('train'), val: sizes('val'), test: sizes('test') };
}

export interface ContentClassSize {
  readonly name: string;
  readonly count: number;
}

/** All classes of these data sets with their number of examples. */
export async function contentsClassesAt(
  paths: readonly string[],
  kind: ContentKind,
): Promise<readonly ContentClassSize[]> {
  const all = await Promise.all(paths.map(async (path) => groupByLabel(await readContents(path, kind))));
  return all.flat().map((each) => ({ name: each.name, count: each.contents.length }));
}

async function episodesOf(
  {
    path,
    split,
    shape,
  }: { readonly path: string; readonly split: string; readonly shape: readonly number[] },
  classes: readonly ContentClass[],
  isChosen: (each: ContentClass) => boolean,
  reader: RowReader,
  context: Omit<ContentsContext, 'openEncoder'>,
): Promise<EpisodeSource> {
  const rows = await embedContents(
    classes.flatMap((each) => each.contents),
    reader,
    context,
  );
  let start = 0;
  const placed = classes.map((each) => {
    start += each.contents.length;
    return { each, start: start - each.contents.length };
  });
  const mine = placed.filter(({ each }) => isChosen(each));
  return classEpisodes({
    name: nameOfData(path),
    split,
    inputShape: shape,
    counts: mine.map(({ each }) => each.contents.length),
    write(index, example, into) {
      rows.write((mine[index]?.start ?? 0) + example, into);
    },
    onNote: context.onNote,
  });
}

/** Each episode comes from one of the sources, chosen with equal chances. */
function oneOf(sources: readonly EpisodeSource[], name: string, split: string): EpisodeSource {
  const [first] = sources;
  if (!first)
    throw new InnerloopError('invalid_recipe', `Expected classes in split ${split} of ${name}, got none`);
  return {
    ...first,
    name,
    split,
    classes: sources.reduce((sum, { classes }) => sum + (classes ?? 0), 0),
    examples: joinExamples(sources.flatMap(({ examples }) => examples ?? [])),
    sample(random, shape) {
      const able = sources.filter(({ classes }) => (classes ?? 0) >= shape.ways);
      const pool = able.length > 0 ? able : sources;
      const [place = 0] = random.sample(pool.length, 1);
      return (pool[place] ?? first).sample(random, shape);
    },
  };
}

async function classesAt(path: string, { encoder, minExamples, maxExamples }: ContentsRecipe) {
  const classes = groupByLabel(await readContents(path, encoder.kind));
  return classes
    .filter((each) => each.contents.length >= minExamples)
    .map((each) => ({ ...each, contents: each.contents.slice(0, maxExamples) }));
}

function groupByLabel(all: readonly LabelledContent[]): readonly ContentClass[] {
  const groups = new Map<string, LabelledContent[]>();
  for (const each of all) {
    const group = groups.get(each.label);
    if (group) group.push(each);
    else groups.set(each.label, [each]);
  }
  return [...groups].map(([name, examples]) => ({ name, contents: examples }));
}

const splitOf = (classes: readonly ContentClass[], { split: { seed, val, test } }: ContentsRecipe) =>
  splitClasses(classes, {
    seed,
    val: Math.floor(val * classes.length),
    test: Math.floor(test * classes.length),
  });

const otherEncoder = (pointer: string, name: string, expected: string, got: string) =>
  new InnerloopError('invalid_recipe', `Expected encoder ${name} with digest ${expected}, got ${got}`, {
    pointer,
    expected,
    got,
  });

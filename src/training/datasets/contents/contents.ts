import { InnerloopError } from '../../../errors.ts';
import type { OpenEncoder } from '../../../ports/training-runtime.ts';
import { classEpisodes } from '../class-episodes.ts';
import { type EpisodeSource, joinExamples } from '../dataset.ts';
import { splitName } from '../split-classes.ts';
import { type ContentClass, classesAt, groupByLabel, nameOfData, splitOf } from './content-classes.ts';
import type { ContentsRecipe, EncoderRecipe } from './contents-section.ts';
import { type EmbeddingOptions, embedContents, type RowReader } from './embed-contents.ts';
import { type ContentKind, readContents } from './read-contents.ts';

export interface ContentsContext extends EmbeddingOptions {
  readonly openEncoder: OpenEncoder;
  readonly onNote?: ((note: string) => void) | undefined;
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

const otherEncoder = (pointer: string, name: string, expected: string, got: string) =>
  new InnerloopError('invalid_recipe', `Expected encoder ${name} with digest ${expected}, got ${got}`, {
    pointer,
    expected,
    got,
  });

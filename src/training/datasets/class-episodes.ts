import { InnerloopError } from '../../errors.ts';
import { sizeOf, tensor } from '../../tensor.ts';
import type { EpisodeShape, EpisodeSource, Examples, LabelledExamples } from './dataset.ts';

/** Classes of images that episodes are drawn from. */
export interface ClassImages extends LabelledExamples {
  readonly name: string;
  readonly split: string;
  /** [channels, height, width] */
  readonly inputShape: readonly number[];
  /** Called once per episode size if some classes have too few images for it. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** One class of an episode, and its chosen images. */
interface ChosenClass {
  readonly index: number;
  readonly images: readonly number[];
}

/**
 * Episodes of `ways` classes with `shots` + `queries` distinct images each: x [n, …input], y [n, ways] one-hot.
 * Classes with fewer than `shots` + `queries` images are left out.
 */
export function classEpisodes(classes: ClassImages): EpisodeSource {
  const { name, split, inputShape, counts } = classes;
  const eligible = eligibleClasses(classes);

  function examples(picks: readonly ChosenClass[]): Examples {
    const [ways, size] = [picks.length, sizeOf(inputShape)];
    const perClass = picks[0]?.images.length ?? 0;
    const x = new Float32Array(ways * perClass * size);
    const y = new Float32Array(ways * perClass * ways);
    picks.forEach(({ index, images }, way) => {
      images.forEach((image, i) => {
        const row = way * perClass + i;
        classes.write(index, image, x.subarray(row * size, (row + 1) * size));
        y[row * ways + way] = 1;
      });
    });
    return { x: tensor([ways * perClass, ...inputShape], x), y: tensor([ways * perClass, ways], y) };
  }

  return {
    name,
    split,
    inputShape,
    classes: counts.length,
    examples: classes,
    sample(random, shape) {
      const { ways, shots, queries } = shape;
      const places = eligible(shape);
      const picks = random.sample(places.length, ways).map((place) => {
        const index = places[place] as number;
        const images = random.sample(counts[index] as number, shots + queries);
        return { index, support: images.slice(0, shots), query: images.slice(shots) };
      });
      return {
        support: examples(picks.map(({ index, support }) => ({ index, images: support }))),
        query: examples(picks.map(({ index, query }) => ({ index, images: query }))),
      };
    },
  };
}

/** The classes with enough images for an episode shape. @throws InnerloopError `invalid_recipe` when they are too few. */
function eligibleClasses({ split, counts, onNote }: ClassImages) {
  const known = new Map<number, readonly number[]>();
  const withAtLeast = (images: number): readonly number[] => {
    const found = known.get(images) ?? [...counts.keys()].filter((i) => (counts[i] as number) >= images);
    if (!known.has(images) && found.length > 0 && found.length < counts.length) {
      const left = counts.length - found.length;
      onNote?.(
        `Left out ${left} of ${counts.length} classes of split ${split}: fewer than the ${images} images of an episode`,
      );
    }
    known.set(images, found);
    return found;
  };
  return ({ ways, shots, queries }: EpisodeShape): readonly number[] => {
    for (const count of [ways, shots, queries]) {
      if (!Number.isInteger(count) || count < 1)
        throw refuse('whole numbers from 1 for ways, shots and queries', `${count}`);
    }
    if (ways > counts.length) throw refuse(`at most ${counts.length} ways`, `${ways}`);
    const places = withAtLeast(shots + queries);
    if (places.length >= ways) return places;
    if (places.length > 0) {
      const expected = `${ways} classes of at least ${shots + queries} images in split ${split}`;
      throw refuse(expected, `${places.length}`);
    }
    const most = counts.reduce((a, b) => Math.max(a, b), 0);
    throw refuse(`at most ${most} shots and queries`, `${shots} + ${queries}`);
  };
}

function refuse(expected: string, got: string): InnerloopError {
  return new InnerloopError('invalid_recipe', `Expected ${expected}, got ${got}`, { expected, got });
}

import { type Tensor, tensor } from '../../tensor.ts';
import type { Random } from '../random.ts';

/** Examples: x [n, …input]; y [n, ways] one-hot, or targets [n, …output]. */
export interface Examples {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** One task: the support set for adaptation and the query set for evaluation. No example is in both. */
export interface Episode {
  readonly support: Examples;
  readonly query: Examples;
}

/** Examples per class in support (`shots`) and query. For regression `ways` is 1 and has no meaning. */
export interface EpisodeShape {
  readonly ways: number;
  readonly shots: number;
  readonly queries: number;
}

/**
 * A distribution over tasks. Rows are ordered by class; only `openDataset` shuffles support sets. Equal states of
 * `random` produce equal episodes.
 */
export interface EpisodeSource {
  readonly name: string;
  readonly split: string;
  readonly inputShape: readonly number[];
  /** Number of classes in the split; null for regression. */
  readonly classes: number | null;
  /** All examples of the split; null for regression. */
  readonly examples: LabelledExamples | null;
  /** @throws InnerloopError `invalid_recipe` when the split has too few classes or examples for the shape. */
  sample(random: Random, shape: EpisodeShape): Episode;
}

/** The examples of classes, for training that does not draw episodes. */
export interface LabelledExamples {
  /** How many examples each class has. */
  readonly counts: readonly number[];
  /** Copies the input of one example of a class into `into` [input]. */
  write(index: number, example: number, into: Float32Array): void;
}

/** The examples of several sources, whose classes are all different. */
export function joinExamples(sources: readonly LabelledExamples[]): LabelledExamples {
  const places = sources.flatMap((source) => source.counts.map((count, index) => ({ source, index, count })));
  return {
    counts: places.map(({ count }) => count),
    write(index, example, into) {
      const place = places[index];
      if (!place) throw new RangeError(`Expected a class below ${places.length}, got ${index}`);
      place.source.write(place.index, example, into);
    },
  };
}

/** The same examples, their rows shuffled. */
export function inRandomOrder({ x, y }: Examples, random: Random): Examples {
  const [rows = 0] = x.shape;
  const order = random.sample(rows, rows);
  const shuffled = ({ shape, data }: Tensor): Tensor => {
    const size = data.length / rows;
    const out = new Float32Array(data.length);
    for (const [to, from] of order.entries())
      out.set(data.subarray(from * size, (from + 1) * size), to * size);
    return tensor(shape, out);
  };
  return { x: shuffled(x), y: shuffled(y) };
}

/** Facts for the model card, in Markdown. */
export interface DatasetCard {
  readonly use: string;
  readonly data: string;
  readonly limits: string;
  readonly licence: string;
}

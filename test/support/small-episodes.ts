import { type Tensors, tensor } from '../../src/tensor.ts';
import { createRandom } from '../../src/training/random.ts';

/** Draws episodes of four examples and a few queries. */
export function smallEpisodes(seed: number) {
  const random = createRandom(seed);
  const draw = (shape: readonly number[]) =>
    tensor(
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
    );
  const classes = (count: number) =>
    tensor([count, 2], Array.from({ length: count }, (_, i) => [i % 2, 1 - (i % 2)]).flat());
  const curve = (): Tensors => ({
    support_x: draw([4, 1]),
    support_y: draw([4, 1]),
    query_x: draw([3, 1]),
    query_y: draw([3, 1]),
  });
  const points = (): Tensors => ({
    support_x: draw([4, 2]),
    support_y: classes(4),
    query_x: draw([6, 2]),
    query_y: classes(6),
  });
  return { curve, points };
}

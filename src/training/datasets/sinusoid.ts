import { type Tensor, tensor } from '../../tensor.ts';
import type { Random } from '../random.ts';
import type { EpisodeSource, Examples } from './dataset.ts';

/**
 * Few-shot regression on sine waves: each task is a wave, y = A sin(x − φ),
 *
 *     A ~ U[0.1, 5],    φ ~ U[0, π],    x ~ U[−5, 5].
 *
 * Support x, y [shots, 1], query x, y [queries, 1]. The distribution is continuous, so splits differ only by their
 * random stream.
 *
 * @see Finn, Abbeel & Levine, ICML 2017, https://arxiv.org/abs/1703.03400, §5.1. The sign of φ is that of
 * `data_generator.py` in github.com/cbfinn/maml; the paper does not define it.
 */
export function sinusoid(split: string): EpisodeSource {
  return {
    name: 'sinusoid',
    split,
    inputShape: [1],
    classes: null,
    examples: null,
    sample(random, { shots, queries }) {
      const amplitude = between(random, 0.1, 5);
      const phase = between(random, 0, Math.PI);
      const draw = (n: number): Examples => {
        const x: Tensor = tensor(
          [n, 1],
          Array.from({ length: n }, () => between(random, -5, 5)),
        );
        return {
          x,
          y: tensor(
            [n, 1],
            x.data.map((value) => amplitude * Math.sin(value - phase)),
          ),
        };
      };
      return { support: draw(shots), query: draw(queries) };
    },
  };
}

const between = (random: Random, low: number, high: number) => low + (high - low) * random.uniform();

import {
  add,
  gelu,
  input,
  layerNorm,
  matMul,
  mul,
  reduceMean,
  reshape,
  slice,
  softmax,
  swapLast,
  transpose,
} from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import { sizeOf, type Tensor } from '../../src/tensor.ts';
import { createRandom } from '../../src/training/random.ts';
import type { Build } from './network.ts';

const [SIDE, PATCH, WIDTH, HEADS, DEPTH] = [160, 16, 192, 3, 6];
const TOKENS = (SIDE / PATCH) ** 2;
const PIXELS = 3 * PATCH ** 2;

/**
 * A small vision transformer: 100 patches, 6 blocks of width 192 with 3 heads, image [n, 3, 160, 160].
 * @see Dosovitskiy et al. 2021, arXiv:2010.11929; the width of its smallest variant, DeiT-Ti, arXiv:2012.12877
 */
export const visionTransformer: Build = (batch) => {
  const random = createRandom(1);
  const initial: Record<string, Tensor> = {};
  const weights: Value<'Input'>[] = [];
  /** A weight, normal around `mean`. */
  const weight = (name: string, shape: readonly number[], deviation: number, mean = 0): Value => {
    const stream = random.fork(name);
    initial[name] = {
      shape,
      data: Float32Array.from({ length: sizeOf(shape) }, () => mean + deviation * stream.normal()),
    };
    const value = input(name, shape);
    weights.push(value);
    return value;
  };
  const linear = (x: Value, name: string, from: number, to: number): Value =>
    add(matMul(x, weight(`${name}.weight`, [from, to], from ** -0.5)), weight(`${name}.bias`, [to], 0.02));
  const normalised = (x: Value, name: string): Value =>
    layerNorm(x, weight(`${name}.scale`, [WIDTH], 0.1, 1), weight(`${name}.bias`, [WIDTH], 0.1));
  const attention = (x: Value, name: string): Value => {
    const all = linear(x, `${name}.qkv`, WIDTH, 3 * WIDTH);
    const split = transpose(reshape(all, [batch, TOKENS, 3, HEADS, WIDTH / HEADS]), [2, 0, 3, 1, 4]);
    const [q, k, v] = [0, 1, 2].map((i) =>
      reshape(slice(split, [{ axis: 0, start: i, end: i + 1 }]), [batch, HEADS, TOKENS, WIDTH / HEADS]),
    ) as [Value, Value, Value];
    const scores = softmax(mul(matMul(q, swapLast(k)), (WIDTH / HEADS) ** -0.5));
    const joined = reshape(transpose(matMul(scores, v), [0, 2, 1, 3]), [batch, TOKENS, WIDTH]);
    return linear(joined, `${name}.out`, WIDTH, WIDTH);
  };

  const image = input('image', [batch, 3, SIDE, SIDE]);
  const across = SIDE / PATCH;
  const patches = reshape(
    transpose(reshape(image, [batch, 3, across, PATCH, across, PATCH]), [0, 2, 4, 1, 3, 5]),
    [batch, TOKENS, PIXELS],
  );
  let x = add(linear(patches, 'patches', PIXELS, WIDTH), weight('positions', [TOKENS, WIDTH], 0.02));
  for (let i = 0; i < DEPTH; i++) {
    x = add(x, attention(normalised(x, `${i}.before`), `${i}.attention`));
    const hidden = gelu(linear(normalised(x, `${i}.between`), `${i}.in`, WIDTH, 4 * WIDTH));
    x = add(x, linear(hidden, `${i}.out`, 4 * WIDTH, WIDTH));
  }
  const block = TOKENS * 12 * WIDTH ** 2 + 2 * TOKENS ** 2 * WIDTH;
  return {
    name: `ViT ${SIDE} px`,
    image,
    weights,
    initial,
    output: reduceMean(normalised(x, 'last'), [1]),
    description: { kind: 'vit', side: SIDE, patch: PATCH, width: WIDTH, heads: HEADS, depth: DEPTH },
    macs: TOKENS * PIXELS * WIDTH + DEPTH * block,
  };
};

import {
  add,
  batchNorm,
  cast,
  concat,
  constant,
  conv,
  greater,
  input,
  instanceNorm,
  matMul,
  mul,
  reduceMean,
  relu,
  reshape,
} from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import { createRandom } from '../../../src/training/random.ts';

/** Named random weights. Channels of kernels differ in size by factors up to 100, as folded batch norms leave them. */
export function weightsFrom(seed: number) {
  const random = createRandom(seed);
  return (name: string, shape: readonly number[], spread = 1): Value => {
    const size = shape.reduce((product, dim) => product * dim, 1);
    const [channels = 1, ...rest] = shape;
    const fan = rest.reduce((product, dim) => product * dim, 1);
    const own = Array.from({ length: channels }, (_, c) => spread ** (c % 3) / Math.sqrt(fan));
    const data = Float32Array.from(
      { length: size },
      (_, i) => random.normal() * (own[Math.floor(i / fan)] ?? 1),
    );
    return constant({ shape, data }, name);
  };
}

const SAME = { pads: [1, 1, 1, 1] };
const PICTURE = [1, 3, 8, 8] as const;

/** A convolutional network for one picture: a stem, a residual block, a separable convolution. Features [6]. */
export function smallTrunk(seed = 1) {
  const weight = weightsFrom(seed);
  const picture = input('picture', PICTURE);
  const centred = mul(add(picture, -0.5), 2);
  const stem = relu(conv(centred, weight('stem.weight', [4, 3, 3, 3], 0.1), weight('stem.bias', [4]), SAME));
  const inner = relu(conv(stem, weight('block1.a', [4, 4, 3, 3]), weight('block1.a.bias', [4]), SAME));
  const residual = relu(add(stem, conv(inner, weight('block1.b', [4, 4, 3, 3], 0.1), undefined, SAME)));
  const depth = relu(
    conv(residual, weight('block2.depthwise', [4, 1, 3, 3]), undefined, {
      ...SAME,
      group: 4,
      strides: [2, 2],
    }),
  );
  const point = relu(conv(depth, weight('block2.pointwise', [6, 4, 1, 1], 0.1), weight('block2.bias', [6])));
  const features = reshape(reduceMean(point, [2, 3]), [6]);
  return { picture, stem, residual, point, features };
}

/** The same, with the stem's mean beside the features: [4 + 6]. */
export function tappedTrunk(seed = 1) {
  const trunk = smallTrunk(seed);
  const tap = reshape(reduceMean(trunk.stem, [2, 3]), [4]);
  return { ...trunk, features: concat([tap, trunk.features], 0) };
}

/** Norms that no convolution can take: a batch norm before it, an instance norm, and one without parameters. Features [4]. */
export function normedTrunk(seed = 1) {
  const weight = weightsFrom(seed);
  const picture = input('picture', PICTURE);
  const stem = conv(picture, weight('stem.weight', [4, 3, 3, 3]), undefined, SAME);
  const variance = constant({ shape: [4], data: Float32Array.of(0.5, 1, 1.5, 2) }, 'norm1.variance');
  const moments = { mean: weight('norm1.mean', [4]), variance };
  const first = relu(batchNorm(stem, weight('norm1.scale', [4]), weight('norm1.shift', [4]), moments));
  const inner = conv(first, weight('conv1.weight', [4, 4, 3, 3]), undefined, SAME);
  const second = relu(instanceNorm(inner, weight('norm2.scale', [4]), weight('norm2.shift', [4])));
  const last = conv(second, weight('conv2.weight', [4, 4, 3, 3]), undefined, SAME);
  const filled = (number: number) => constant({ shape: [4], data: new Float32Array(4).fill(number) });
  const third = relu(instanceNorm(last, filled(1), filled(0)));
  return { picture, features: reshape(reduceMean(third, [2, 3]), [4]) };
}

/** Tokens [1, 6, 5] that a mask counts, through two layers with shortcuts. Features [5]. */
export function maskedTrunk(seed = 1) {
  const weight = weightsFrom(seed);
  const tokens = input('tokens', [1, 12, 20]);
  const mask = input('mask', [1, 12]);
  const isCounted = cast(greater(mask, 0.5), 'float32');
  const counted = reshape(isCounted, [1, 12, 1]);
  const layer = (x: Value, name: string) => {
    const mixed = matMul(weight(`${name}.mix`, [12, 12]), mul(x, counted));
    return add(x, matMul(relu(mixed), weight(`${name}.out`, [20, 20])));
  };
  const first = layer(tokens, 'layer1');
  const second = layer(first, 'layer2');
  const features = reshape(reduceMean(mul(second, counted), [1]), [20]);
  return { tokens, mask, first, features };
}

import { describe, expect, it } from 'vitest';
import { blocksOf } from '../../../src/graph/cut/blocks.ts';
import { cut } from '../../../src/graph/cut/cut.ts';
import { add, constant, input, matMul, relu } from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import { expectClose } from '../../support/close.ts';
import {
  maskedTrunk,
  normedTrunk,
  smallTrunk,
  tappedTrunk,
  weightsFrom,
} from '../../support/encoders/small-trunk.ts';
import { evaluate } from '../../support/reference/evaluate.ts';
import { inputsOf } from '../../support/reference/gradients.ts';
import { sampleFeeds } from '../../support/reference/sampling/sample.ts';

const namesOf = (features: Value) => blocksOf(features).map(({ weights }) => weights);

describe('blocks', () => {
  it('counts a residual block as one, and a depthwise convolution to the one behind it', () => {
    expect(namesOf(smallTrunk().features)).toEqual([
      ['stem.weight', 'stem.bias'],
      ['block1.a', 'block1.a.bias', 'block1.b'],
      ['block2.depthwise', 'block2.pointwise', 'block2.bias'],
    ]);
  });

  it('begin where a block of the network begins, in the activation before it', () => {
    const { picture, stem, residual, features } = smallTrunk();
    expect(blocksOf(features).map(({ input }) => input)).toEqual([picture, stem, residual]);
  });

  it('are those of the network if pooled features or a mask pass beside them', () => {
    expect(namesOf(tappedTrunk().features)).toEqual(namesOf(smallTrunk().features));
    expect(namesOf(maskedTrunk().features)).toEqual([
      ['layer1.mix', 'layer1.out'],
      ['layer2.mix', 'layer2.out'],
    ]);
  });
});

describe('cut', () => {
  const trunks = { small: smallTrunk, tapped: tappedTrunk, masked: maskedTrunk, normed: normedTrunk };
  const cases = Object.entries(trunks).flatMap(([name, trunk]) =>
    blocksOf(trunk().features).map((_, i) => [name, i + 1, trunk] as const),
  );

  it.each(cases)('divides the %s network before its last %i blocks', (_name, count, trunk) => {
    const { features } = trunk();
    const at = blocksOf(features).at(-count)?.input as Value;
    const { beginning, x, end } = cut(features, at);
    const feeds = sampleFeeds(inputsOf([features]), { seed: 3 });
    const [whole, middle] = evaluate([features, beginning], feeds);
    expect(beginning.shape).toEqual(x.shape);
    expect(inputsOf([end])).toEqual([x]);
    expectClose(evaluate([end], { x: middle as NonNullable<typeof middle> })[0], whole, 1e-12);
  });

  it('gives each operator weights of its own, also where they share a constant', () => {
    const x = input('picture', [1, 4]);
    const [w, bias] = [
      weightsFrom(1)('w', [4, 4]),
      constant({ shape: [4], data: new Float32Array(4) }, 'zeros'),
    ];
    const layer = (y: Value) => relu(add(matMul(y, w), bias));
    const features = layer(layer(layer(x)));
    const last = cut(features, blocksOf(features).at(-2)?.input as Value);
    expect(last.weights.map(({ value }) => value.attributes.name)).toEqual(['w', 'zeros', 'w', 'zeros']);
    expect(new Set(last.weights.map(({ value }) => value)).size).toBe(4);
    expect(cut(features, x).weights).toHaveLength(6);
  });

  it('trains scales and shifts of norms, but no stored moments and no ones and zeros of norms without parameters', () => {
    const { features, picture } = normedTrunk();
    expect(cut(features, picture).weights.map(({ value }) => value.attributes.name)).toEqual([
      'stem.weight',
      'norm1.scale',
      'norm1.shift',
      'conv1.weight',
      'norm2.scale',
      'norm2.shift',
      'conv2.weight',
    ]);
  });

  it('passes what pooling took before the cut, and trains the weights behind it alone', () => {
    const { features, residual } = tappedTrunk();
    const { x, weights } = cut(features, residual);
    expect(x.shape).toEqual([4 * 8 * 8 + 4]);
    expect(weights.map(({ value, channels }) => [value.attributes.name, channels])).toEqual([
      ['block2.depthwise', 0],
      ['block2.pointwise', 0],
      ['block2.bias', null],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import { clip, conv, input, mul, reduceSum } from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import { isOp, type OpType, topologicalOrder, type Value } from '../../src/graph/value.ts';
import type { Dim } from '../../src/onnx/dim.ts';
import { expectOnnxToAgree } from '../support/reference/onnx.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

/** The gradients of Σ y² of a convolution, with inputs x and w. */
function learn(x: readonly Dim[], w: readonly number[], options: Parameters<typeof conv>[3] = {}) {
  const [image, filters] = [input('x', x), input('w', w)];
  const y = conv(image, filters, undefined, options);
  const values = [y, ...gradient(reduceSum(mul(y, y)), [image, filters])];
  const outputs = Object.fromEntries(values.map((each, i) => [`output${i}`, each]));
  const nodes = topologicalOrder(Object.values(program('learn', [image, filters], outputs).outputs));
  return { values, inputs: [image, filters], nodes };
}

const count = (nodes: readonly Value[], op: OpType) => nodes.filter((each) => each.op === op).length;

describe('a convolution in groups', () => {
  it('takes as many operators for many groups as for few', () => {
    const options = { strides: [2, 2], pads: [1, 1, 1, 1] };
    const depthwise = [4, 64].map((c) => learn([2, c, 9, 9], [c, 1, 3, 3], { ...options, group: c }));
    const grouped = [4, 16].map((g) => learn(['N', 2 * g, 9, 9], [2 * g, 2, 3, 3], { ...options, group: g }));
    for (const [few, many] of [depthwise, grouped]) {
      expect(many?.nodes.length).toBe(few?.nodes.length);
      expect(many?.nodes.length).toBeLessThan(160);
    }
  });

  it.each([
    { name: 'stride 1', x: [2, 3, 5, 6], k: [3, 3], options: { pads: [1, 1, 1, 1] } },
    { name: 'uneven padding', x: [2, 3, 5, 4], k: [3, 2], options: { pads: [0, 1, 2, 0] } },
    { name: 'stride 2', x: [2, 3, 7, 6], k: [3, 3], options: { strides: [2, 2], pads: [0, 0, 1, 1] } },
    { name: 'two strides', x: [3, 3, 7, 8], k: [2, 5], options: { strides: [1, 3], pads: [1, 2, 1, 2] } },
    { name: 'dilation', x: [2, 3, 8, 7], k: [3, 2], options: { dilations: [2, 3], pads: [2, 1, 2, 2] } },
    {
      name: 'stride and dilation',
      x: [2, 3, 9, 8],
      k: [3, 2],
      options: { dilations: [2, 3], strides: [2, 2], pads: [2, 1, 2, 2] },
    },
    { name: 'rows and columns that no tap reads', x: [2, 3, 6, 7], k: [2, 2], options: { strides: [3, 4] } },
    {
      name: 'so many rows that they are paired in blocks',
      x: [2, 2, 27, 4],
      k: [3, 3],
      options: { pads: [1, 1, 1, 1] },
    },
    {
      name: 'blocks of rows, stride and dilation',
      x: [1, 2, 83, 5],
      k: [4, 2],
      options: { strides: [3, 2], dilations: [2, 1], pads: [4, 0, 3, 1] },
    },
    { name: 'an unknown number of images', x: ['N', 3, 5, 6], k: [3, 3], options: { pads: [1, 1, 1, 1] } },
    {
      name: 'one tap that reads only padding',
      x: [1, 2, 2, 2],
      k: [1, 1],
      options: { strides: [1, 3], pads: [0, 1, 0, 0] },
    },
  ])('one for each channel, with $name', async ({ x, k, options }) => {
    const c = Number(x[1]);
    const { values, inputs } = learn(x, [c, 1, ...k], { ...options, group: c });
    await expectOnnxToAgree(values, sampleFeeds(inputs, { sizes: { N: 3 } }), { N: 3 });
  });

  it('with several filters for each channel', async () => {
    const { values, inputs } = learn(['N', 2, 5, 6], [6, 1, 3, 2], {
      group: 2,
      strides: [2, 1],
      pads: [1, 0, 1, 1],
    });
    await expectOnnxToAgree(values, sampleFeeds(inputs, { sizes: { N: 2 } }), { N: 2 });
  });
});

describe('a convolution of one place', () => {
  it('copies no pixels', () => {
    for (const [side, strides] of [
      [6, [1, 1]],
      [6, [2, 2]],
      [24, [1, 1]],
    ] as const) {
      const { nodes } = learn(['N', 16, side, side], [24, 16, 1, 1], { strides });
      expect([count(nodes, 'Gather'), count(nodes, 'Pad')]).toEqual([0, 0]);
    }
  });

  it('needs no transpose between depthwise convolutions', () => {
    const [x, first, second, last] = [
      input('x', [2, 8, 6, 6]),
      input('first', [8, 1, 3, 3]),
      input('second', [12, 8, 1, 1]),
      input('last', [12, 1, 3, 3]),
    ];
    const within = (y: Value) => clip(y, { min: 0, max: 6 });
    const pads = [1, 1, 1, 1];
    const y = conv(
      within(conv(within(conv(x, first, undefined, { group: 8, pads })), second)),
      last,
      undefined,
      { group: 12, pads },
    );
    const weights = [first, second, last];
    const grads = gradient(reduceSum(mul(y, y)), weights);
    const outputs = Object.fromEntries(grads.map((each, i) => [`g${i}`, each]));
    const nodes = topologicalOrder(Object.values(program('learn', [x, ...weights], outputs).outputs));
    // Only the image. (Matrices of a product are exchanged by the product itself.)
    const moved = nodes.filter(
      (each) => isOp(each, 'Transpose') && each.attributes.perm.at(-1) !== each.attributes.perm.length - 2,
    );
    expect(moved).toHaveLength(1);
  });

  it.each([
    { x: ['N', 3, 5, 4], strides: [1, 1] },
    { x: ['N', 3, 5, 4], strides: [2, 3] },
    { x: [2, 3, 21, 22], strides: [1, 1] },
    { x: [2, 3, 41, 42], strides: [2, 2] },
  ])('agrees with the reference for $x and strides $strides', async ({ x, strides }) => {
    const { values, inputs } = learn(x, [4, 3, 1, 1], { strides });
    await expectOnnxToAgree(values, sampleFeeds(inputs, { sizes: { N: 3 } }), { N: 3 });
  });
});

describe('a convolution of large planes', () => {
  it('makes no im2col matrix of the whole batch', async () => {
    const { values, inputs, nodes } = learn([1, 4, 24, 21], [5, 4, 3, 3], { pads: [1, 1, 1, 1] });
    const largest = Math.max(...nodes.map(({ shape }) => shape.map(Number).reduce((a, b) => a * b, 1)));
    expect(largest).toBeLessThan(2 * 5 * 24 * 21);
    await expectOnnxToAgree(values, sampleFeeds(inputs));
  });
});

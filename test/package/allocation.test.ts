import { describe, expect, it } from 'vitest';
import type { OnnxAttribute, OnnxGraph, OnnxInitializer, OnnxNode } from '../../src/onnx/model.ts';
import { dataTypes } from '../../src/onnx/schema.ts';
import { allocationProblem } from '../../src/package/allocation.ts';

const ints = (name: string, values: readonly number[]): OnnxInitializer => ({
  name,
  dims: [values.length],
  dataType: dataTypes.int64,
  external: false,
  raw: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});
const node = (
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly OnnxAttribute[] = [],
): OnnxNode => ({ name: output, opType, domain: '', inputs, outputs: [output], attributes });
const graphOf = (nodes: readonly OnnxNode[], initializers: readonly OnnxInitializer[] = []): OnnxGraph => ({
  name: 'g',
  nodes,
  initializers,
  inputs: [],
  outputs: [],
  sparseInitializers: 0,
});
const axes = (start: number, end: number): readonly OnnxAttribute[] => [
  { name: 'start', type: 'int', value: start },
  { name: 'end', type: 'int', value: end },
];
const list = (name: string, value: readonly number[]): OnnxAttribute => ({ name, type: 'ints', value });

const GIGA = 2 ** 30;

/** Refused: graphs, and what the problem says. */
const refused: Readonly<Record<string, readonly [OnnxGraph, RegExp]>> = {
  'ConstantOfShape of 2³⁰ elements': [
    graphOf([node('ConstantOfShape', ['s'], 'y')], [ints('s', [GIGA])]),
    /ConstantOfShape.*1073741824/,
  ],
  'ConstantOfShape of many large axes': [
    graphOf([node('ConstantOfShape', ['s'], 'y')], [ints('s', [4096, 4096, 2])]),
    /33554432/,
  ],
  'an axis of 0 beside one of 2³⁰': [
    graphOf([node('ConstantOfShape', ['s'], 'y')], [ints('s', [0, GIGA])]),
    /1073741824/,
  ],
  'a negative axis': [graphOf([node('ConstantOfShape', ['s'], 'y')], [ints('s', [-GIGA])]), /1073741824/],
  'Expand to a large constant shape': [
    graphOf([node('Expand', ['x', 's'], 'y')], [ints('s', [GIGA, 1])]),
    /Expand.*1073741824/,
  ],
  'Tile by large repeats': [graphOf([node('Tile', ['x', 's'], 'y')], [ints('s', [64, 64])]), /Tile.*4096/],
  'Pad by large pads, before': [graphOf([node('Pad', ['x', 's'], 'y')], [ints('s', [GIGA, 0])]), /Pad/],
  'Pad by large pads, after, on several axes': [
    graphOf([node('Pad', ['x', 's'], 'y')], [ints('s', [0, 0, 99, 99])]),
    /Pad.*10000/,
  ],
  'OneHot of a large depth': [graphOf([node('OneHot', ['x', 's', 'v'], 'y')], [ints('s', [GIGA])]), /OneHot/],
  'Range to a large limit': [
    graphOf([node('Range', ['a', 'b', 'c'], 'y')], [ints('a', [0]), ints('b', [GIGA]), ints('c', [1])]),
    /Range/,
  ],
  'Range in tiny steps': [
    graphOf(
      [node('Range', ['a', 'b', 'c'], 'y')],
      [
        ...[
          ['a', 0],
          ['b', 1],
          ['c', 1e-9],
        ].map(([name, value]) => ({
          name: String(name),
          dims: [],
          dataType: dataTypes.float32,
          external: false,
          raw: new Uint8Array(Float32Array.of(Number(value)).buffer),
        })),
      ],
    ),
    /Range.*product of at most/,
  ],
  'Range of step 0': [
    graphOf([node('Range', ['a', 'b', 'c'], 'y')], [ints('a', [0]), ints('b', [1]), ints('c', [0])]),
    /Range.*constants/,
  ],
  'sizes that are an input': [
    graphOf([node('ConstantOfShape', ['state'], 'y')]),
    /constants, or dimensions copied/,
  ],
  'sizes computed by arithmetic': [
    graphOf([node('Shape', ['x'], 'n'), node('Mul', ['n', 'n'], 's'), node('ConstantOfShape', ['s'], 'y')]),
    /constants, or dimensions copied from one tensor/,
  ],
  'sizes read from data': [
    graphOf([node('Cast', ['x'], 's'), node('Expand', ['x', 's'], 'y')]),
    /copied from one tensor/,
  ],
  'dimensions of two tensors': [
    graphOf([
      node('Shape', ['a'], 'n'),
      node('Shape', ['b'], 'm'),
      node('Concat', ['n', 'm'], 's'),
      node('ConstantOfShape', ['s'], 'y'),
    ]),
    /copied from one tensor/,
  ],
  'one dimension twice': [
    graphOf([
      node('Shape', ['a'], 'n', axes(0, 1)),
      node('Concat', ['n', 'n', 'n'], 's'),
      node('ConstantOfShape', ['s'], 'y'),
    ]),
    /copied from one tensor/,
  ],
  'one dimension twice, counted from the end': [
    graphOf([
      node('Shape', ['a'], 'n', axes(0, 1)),
      node('Shape', ['a'], 'm', axes(-2, 9)),
      node('Concat', ['n', 'm'], 's'),
      node('Expand', ['x', 's'], 'y'),
    ]),
    /copied from one tensor/,
  ],
  'a copied dimension times a large constant': [
    graphOf(
      [
        node('Shape', ['a'], 'n', axes(0, 1)),
        node('Concat', ['n', 'c'], 's'),
        node('Expand', ['x', 's'], 'y'),
      ],
      [ints('c', [2048])],
    ),
    /at most 1024, got 2048/,
  ],
  'concatenations within each other': [
    graphOf(
      [node('Concat', ['c', 'c'], 'd'), node('Concat', ['d', 'd'], 's'), node('Expand', ['x', 's'], 'y')],
      [ints('c', [1])],
    ),
    /constants/,
  ],
  'a list of sizes that is no list of sizes': [
    graphOf([node('Expand', ['x', 's'], 'y')], [ints('s', Array(1000).fill(1))]),
    /constants/,
  ],
  'sizes of another type': [
    graphOf(
      [node('Expand', ['x', 's'], 'y')],
      [{ ...ints('s', [1]), dataType: dataTypes.float32, dims: [2] }],
    ),
    /constants/,
  ],
  'pads of a convolution': [
    graphOf([node('Conv', ['x', 'w'], 'y', [list('pads', [GIGA, 0, 0, 0])])]),
    /Conv.*1073741824/,
  ],
  'strides of a transposed convolution': [
    graphOf([node('ConvTranspose', ['x', 'w'], 'y', [list('strides', [1, 1_000_000])])]),
    /ConvTranspose/,
  ],
  'pads of a pooling': [graphOf([node('MaxPool', ['x'], 'y', [list('pads', [0, 0, GIGA, 0])])]), /MaxPool/],
};

describe('allocationProblem', () => {
  it.each(Object.entries(refused))('names %s', (_, [graph, message]) => {
    const problem = allocationProblem(graph);
    expect(`${problem?.expected}, got ${problem?.got}`).toMatch(message);
  });

  it.each(Object.entries(refused))('names %s within a body', (_, [graph]) => {
    const scan = node('Scan', [], 'z', [{ name: 'body', type: 'graph', value: graph }]);
    expect(allocationProblem(graphOf([scan]))).toEqual(allocationProblem(graph));
  });

  it('reads sizes that a body takes from the outer graph', () => {
    const inner = graphOf([node('Expand', ['x', 's'], 'y')]);
    const scan = node('Scan', [], 'z', [{ name: 'body', type: 'graph', value: inner }]);
    expect(allocationProblem(graphOf([scan], [ints('s', [4])]))).toBeNull();
    expect(allocationProblem(graphOf([scan], [ints('s', [GIGA])]))).not.toBeNull();
  });

  it.each<[string, OnnxGraph]>([
    ['a small constant', graphOf([node('ConstantOfShape', ['s'], 'y')], [ints('s', [1024, 1024])])],
    ['a scalar', graphOf([node('ConstantOfShape', ['s'], 'y')], [ints('s', [])])],
    ['the shape of a tensor', graphOf([node('Shape', ['x'], 's'), node('Expand', ['c', 's'], 'y')])],
    [
      'a dimension beside constants',
      graphOf(
        [
          node('Shape', ['x'], 'n', axes(0, 1)),
          node('Concat', ['c', 'n'], 's'),
          node('Expand', ['v', 's'], 'y'),
        ],
        [ints('c', [1, 64])],
      ),
    ],
    [
      'different dimensions of one tensor',
      graphOf([
        node('Shape', ['x'], 'm', axes(1, 3)),
        node('Shape', ['x'], 'n', axes(0, 1)),
        node('Concat', ['m', 'n'], 's'),
        node('ConstantOfShape', ['s'], 'y'),
      ]),
    ],
    [
      'the usual geometry',
      graphOf([node('Conv', ['x', 'w'], 'y', [list('pads', [1, 1, 1, 1]), list('strides', [2, 2])])]),
    ],
    [
      'small pads and repeats',
      graphOf(
        [node('Pad', ['x', 'p'], 'y'), node('Tile', ['x', 'r'], 'z')],
        [ints('p', [0, 1, 0, 1]), ints('r', [1, 3])],
      ),
    ],
    [
      'a short range',
      graphOf([node('Range', ['a', 'b', 'c'], 'y')], [ints('a', [0]), ints('b', [10]), ints('c', [1])]),
    ],
  ])('takes %s', (_, graph) => {
    expect(allocationProblem(graph)).toBeNull();
  });
});

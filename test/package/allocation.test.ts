import { describe, expect, it } from 'vitest';
import type { OnnxGraph, OnnxNode } from '../../src/onnx/model.ts';
import { dataTypes } from '../../src/onnx/schema.ts';
import { allocationProblem } from '../../src/package/allocation.ts';
import { ALLOWED_OPERATORS } from '../../src/package/allowed-operators.ts';

import { axes, graphOf, ints, list, node, sized } from './small-graphs.ts';

const GIGA = 2 ** 30;

/** Graphs that are refused, with the expected message. */
const refused: Readonly<Record<string, readonly [OnnxGraph, RegExp]>> = {
  'ConstantOfShape of 2³⁰ elements': [
    sized('ConstantOfShape', ['s'], [GIGA]),
    /at most 16777216 elements.*got 1073741824 with ConstantOfShape/,
  ],
  'ConstantOfShape of many large axes': [sized('ConstantOfShape', ['s'], [4096, 4096, 2]), /33554432/],
  'an axis of 0 beside one of 2³⁰': [sized('ConstantOfShape', ['s'], [0, GIGA]), /1073741824/],
  'a negative axis': [sized('ConstantOfShape', ['s'], [-GIGA]), /1073741824/],
  'Expand to a large constant shape': [sized('Expand', ['x', 's'], [GIGA, 1]), /1073741824 with Expand/],
  'Tile by large repeats': [
    sized('Tile', ['x', 's'], [64, 64]),
    /at most 1024 times the size.*4096 with Tile/,
  ],
  'Pad by large pads, before': [sized('Pad', ['x', 's'], [GIGA, 0]), /Pad/],
  'Pad by large pads, after, on several axes': [
    sized('Pad', ['x', 's'], [0, 0, 999, 999]),
    /at most 1024 elements of padding.*1998 with Pad/,
  ],
  'OneHot of a large depth': [sized('OneHot', ['x', 's', 'v'], [GIGA]), /with OneHot/],
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
          external: null,
          raw: new Uint8Array(Float32Array.of(Number(value)).buffer),
        })),
      ],
    ),
    /elements made from constant sizes/,
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
    /at most 1024 times the size of the given tensors, got 2048 with Expand/,
  ],
  'concatenations within each other': [
    graphOf(
      [node('Concat', ['c', 'c'], 'd'), node('Concat', ['d', 'd'], 's'), node('Expand', ['x', 's'], 'y')],
      [ints('c', [1])],
    ),
    /constants/,
  ],
  'a list of sizes that is not a list of sizes': [
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
    /1073741824 with Conv/,
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

  const times = (count: number, make: (i: number) => OnnxNode) =>
    Array.from({ length: count }, (_, i) => make(i));
  it.each([
    [
      'constants',
      17,
      (i: number) => node('ConstantOfShape', ['million'], `y${i}`),
      /16777216 elements.*got 17000000/,
    ],
    ['factors', 11, (i: number) => node('Tile', [`y${i}`, 'two'], `y${i + 1}`), /1024 times.*got 2048/],
    [
      'pads',
      513,
      (i: number) => node('Pad', [`y${i}`, 'ones'], `y${i + 1}`),
      /1024 elements of padding.*got 1026/,
    ],
  ] as const)('adds up the %s of all operators', (_, count, make, message) => {
    const sizes = [ints('million', [1e6]), ints('two', [2]), ints('ones', [1, 1])];
    expect(allocationProblem(graphOf(times(count - 1, make), sizes))).toBeNull();
    const problem = allocationProblem(graphOf(times(count, make), sizes));
    expect(`${problem?.expected}, got ${problem?.got}`).toMatch(message);
    // Operators in bodies count too.
    const body = graphOf(times(count, make).slice(1));
    const scan = node('Scan', [], 'z', [{ name: 'body', type: 'graph', value: body }]);
    expect(allocationProblem(graphOf([make(0), scan], sizes))).toEqual(problem);
  });

  it.each(['Resize', 'Loop', 'toString'])('refuses %s, whose allocation is unknown', (opType) => {
    expect(allocationProblem(graphOf([node(opType, ['x'], 'y')]))).toEqual({
      expected: 'operators whose allocation is known',
      got: opType,
    });
  });

  it.each([...ALLOWED_OPERATORS])('knows the allocation of %s, which is allowed', (opType) => {
    const problem = allocationProblem(graphOf([node(opType, ['x'], 'y')]));
    expect(problem?.expected).not.toBe('operators whose allocation is known');
  });

  it('reads sizes that a body takes from the outer graph', () => {
    const inner = graphOf([node('Expand', ['x', 's'], 'y')]);
    const scan = node('Scan', [], 'z', [{ name: 'body', type: 'graph', value: inner }]);
    expect(allocationProblem(graphOf([scan], [ints('s', [4])]))).toBeNull();
    expect(allocationProblem(graphOf([scan], [ints('s', [GIGA])]))).not.toBeNull();
  });

  it.each<[string, OnnxGraph]>([
    ['a small constant', sized('ConstantOfShape', ['s'], [1024, 1024])],
    ['a scalar', sized('ConstantOfShape', ['s'], [])],
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
  ])('accepts %s', (_, graph) => {
    expect(allocationProblem(graph)).toBeNull();
  });
});

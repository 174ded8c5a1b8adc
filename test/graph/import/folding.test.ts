import { describe, expect, it } from 'vitest';
import { importGraph } from '../../../src/graph/import/import-graph.ts';
import { input } from '../../../src/graph/ops/index.ts';
import { topologicalOrder, type Value } from '../../../src/graph/value.ts';
import type { OnnxModel, OnnxNode } from '../../../src/onnx/model.ts';
import { createRandom } from '../../../src/training/random.ts';
import { expectClose } from '../../support/close.ts';
import { type Given, networkOf, nodeOf, one, runImported, runOriginal } from './foreign-node.ts';

const random = createRandom(7);
const weights = (...shape: readonly number[]): Given => ({
  shape,
  numbers: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.fround(random.normal())),
});
const positive = (size: number): Given => ({
  shape: [size],
  numbers: Array.from({ length: size }, () => 0.5 + random.uniform()),
});

const BN = (x: string, y: string) =>
  nodeOf('BatchNormalization', [x, 'scale', 'shift', 'mean', 'variance'], [y]);
const parameters = (channels: number) => ({
  scale: weights(channels),
  shift: weights(channels),
  mean: weights(channels),
  variance: positive(channels),
});

interface Network {
  readonly shape: readonly number[];
  readonly nodes: readonly OnnxNode[];
  readonly constants: Readonly<Record<string, Given>>;
  /** The operators that remain. */
  readonly remaining: readonly string[];
}

const image = [1, 3, 4, 4];
const tokens = [1, 5, 4];
const last = { keepdims: 1, axes: [-1] };

const networks: Readonly<Record<string, Network>> = {
  'a batch norm behind a convolution': {
    shape: image,
    nodes: [nodeOf('Conv', ['x', 'w'], ['c']), BN('c', 'y')],
    constants: { w: weights(2, 3, 3, 3), ...parameters(2) },
    remaining: ['Conv'],
  },
  'a batch norm, a factor and an addend behind a convolution with groups': {
    shape: [1, 4, 4, 4],
    nodes: [
      nodeOf('Conv', ['x', 'w', 'b'], ['c'], { group: 2 }),
      BN('c', 'n'),
      nodeOf('Mul', ['n', 'k'], ['m']),
      nodeOf('Add', ['d', 'm'], ['y']),
    ],
    constants: {
      w: weights(4, 2, 3, 3),
      b: weights(4),
      k: weights(4, 1, 1),
      d: weights(1, 4, 1, 1),
      ...parameters(4),
    },
    remaining: ['Conv'],
  },
  'a batch norm in front of a convolution, and factors behind it': {
    shape: image,
    nodes: [
      BN('x', 'n'),
      nodeOf('Mul', ['n', 'k'], ['m']),
      nodeOf('Add', ['m', 'd'], ['a']),
      nodeOf('Relu', ['a'], ['y']),
    ],
    constants: { k: weights(3, 1, 1), d: weights(3, 1, 1), ...parameters(3) },
    remaining: ['BatchNormalization', 'Relu'],
  },
  'a convolution that is read twice keeps its batch norm': {
    shape: image,
    nodes: [nodeOf('Conv', ['x', 'w'], ['c']), BN('c', 'n'), nodeOf('Add', ['c', 'n'], ['y'])],
    constants: { w: weights(2, 3, 3, 3), ...parameters(2) },
    remaining: ['Conv', 'BatchNormalization', 'Add'],
  },
  'factors behind a product': {
    shape: tokens,
    nodes: [
      nodeOf('MatMul', ['x', 'w'], ['p']),
      nodeOf('Add', ['p', 'b'], ['a']),
      nodeOf('Mul', ['a', 'k'], ['y']),
    ],
    constants: { w: weights(4, 3), b: weights(3), k: weights(3) },
    remaining: ['MatMul', 'Add'],
  },
  'layer norm as PyTorch writes it': {
    shape: tokens,
    nodes: [
      nodeOf('ReduceMean', ['x'], ['m'], last),
      nodeOf('Sub', ['x', 'm'], ['d']),
      nodeOf('Pow', ['d', 'two'], ['s']),
      nodeOf('ReduceMean', ['s'], ['v'], last),
      nodeOf('Add', ['v', 'epsilon'], ['e']),
      nodeOf('Sqrt', ['e'], ['r']),
      nodeOf('Div', ['d', 'r'], ['n']),
      nodeOf('Mul', ['n', 'k'], ['p']),
      nodeOf('Add', ['p', 'b'], ['y']),
    ],
    constants: { two: one(2), epsilon: one(0.01), k: weights(4), b: weights(4) },
    remaining: ['LayerNormalization'],
  },
  'arithmetic that is not a layer norm': {
    shape: tokens,
    nodes: [
      nodeOf('ReduceMean', ['x'], ['m'], { keepdims: 1, axes: [1] }),
      nodeOf('Sub', ['x', 'm'], ['d']),
      nodeOf('Pow', ['d', 'two'], ['s']),
      nodeOf('ReduceMean', ['s'], ['v'], last),
      nodeOf('Add', ['v', 'epsilon'], ['e']),
      nodeOf('Sqrt', ['e'], ['r']),
      nodeOf('Div', ['d', 'r'], ['n']),
      nodeOf('Mul', ['n', 'k'], ['p']),
      nodeOf('Add', ['p', 'b'], ['y']),
    ],
    constants: { two: one(2), epsilon: one(0.01), k: weights(4), b: weights(4) },
    remaining: ['ReduceMean', 'Sub', 'Mul', 'ReduceMean', 'Add', 'Sqrt', 'Div', 'Mul', 'Add'],
  },
  'the branch of a condition on sizes': {
    shape: image,
    nodes: [
      nodeOf('Shape', ['x'], ['shape']),
      nodeOf('Gather', ['shape', 'axis'], ['side']),
      nodeOf('Equal', ['side', 'four'], ['is']),
      {
        ...nodeOf('If', ['is'], ['y']),
        attributes: ['Relu', 'Neg'].map((op, i) => ({
          name: i === 0 ? 'then_branch' : 'else_branch',
          type: 'graph' as const,
          value: {
            name: op,
            nodes: [nodeOf(op, ['x'], [`${op}_y`])],
            initializers: [],
            inputs: [],
            outputs: [{ name: `${op}_y`, elementType: 1, shape: image }],
            sparseInitializers: 0,
          },
        })),
      },
    ],
    constants: {
      axis: { shape: [], numbers: [2], type: 'int64' },
      four: { shape: [], numbers: [4], type: 'int64' },
    },
    remaining: ['Relu'],
  },
};

const modelOf = ({ shape, nodes, constants }: Network): OnnxModel => networkOf(nodes, shape, constants, 15);

describe('reading a graph', () => {
  it.each(Object.entries(networks))('leaves the fewest operators of %s', async (_, network) => {
    const model = modelOf(network);
    const { tensors } = importGraph(model, { inputs: { x: input('x', network.shape) }, maxBytes: 2 ** 20 });
    const operators = topologicalOrder([tensors.get('y') as Value])
      .map(({ op }) => op)
      .filter((op) => op !== 'Constant' && op !== 'Input');
    expect(operators).toEqual(network.remaining);
    const feeds = { x: weights(...network.shape) };
    const [expected, got] = [await runOriginal(model, feeds, ['y']), await runImported(model, feeds, ['y'])];
    expect(got.y?.shape).toEqual(expected.y?.shape);
    const data = (numbers: ArrayLike<number> = []) => ({ shape: [], data: Array.from(numbers) });
    expectClose(data(got.y?.numbers), data(expected.y?.numbers), 1e-5, 'y');
  });

  it('keeps the names of weights, and the tensors on the way', () => {
    const network = networks['factors behind a product'] as Network;
    const { tensors, operators } = importGraph(modelOf(network), {
      inputs: { x: input('x', network.shape) },
      maxBytes: 2 ** 20,
    });
    expect([...tensors.keys()]).toEqual(['p', 'a', 'y']);
    expect(Object.fromEntries(operators)).toEqual({ MatMul: 1, Add: 1, Mul: 1 });
    const names = topologicalOrder([tensors.get('y') as Value]).flatMap(({ attributes }) =>
      'name' in attributes ? [attributes.name] : [],
    );
    expect(names.sort()).toEqual(['b', 'w', 'x']);
  });
});

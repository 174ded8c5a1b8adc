import { describe, expect, it } from 'vitest';
import { inputsOf } from '../../../src/encoders/import/find-inputs.ts';
import { readModel } from '../../../src/encoders/import/read-model.ts';
import { atAnySize } from '../../../src/graph/any-size/any-size.ts';
import { importGraph } from '../../../src/graph/import/import-graph.ts';
import {
  add,
  cast,
  concat,
  constant,
  expandLike,
  input,
  ints,
  matMul,
  mul,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  slice,
  softmax,
  swapLast,
} from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import { textTransformer } from '../../encoders/import/networks.ts';
import { expectClose } from '../../support/close.ts';
import { evaluate } from '../../support/reference/evaluate.ts';

const [FIRST, SECOND] = [12, 5];
const sizes = { symbol: 'T', first: FIRST, second: SECOND };

type Network = (x: Value, size: number) => Value;
const graphOf = (network: Network, size: number) => network(input('x', [size, 2]), size);
const joined = (network: Network) => atAnySize(graphOf(network, FIRST), graphOf(network, SECOND), sizes);

function valueOver(network: Network): Value {
  const found = joined(network);
  if ('unlike' in found) throw new Error(found.unlike);
  return found.value;
}

const numbers = (size: number) => Float64Array.from({ length: size }, (_, i) => Math.sin(3 * i + 1));
const counting = (...shape: readonly number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length: size }, (_, i) => Math.cos(i));
};
/** Distances of places [size, size], as of relative positions. */
const distances = (size: number) =>
  constant({
    shape: [size, size],
    data: Float32Array.from({ length: size * size }, (_, i) => Math.floor(i / size) - (i % size)),
  });
const positions = (size: number) => constant({ shape: [size, 2], data: counting(size, 2) });

const networks: Readonly<Record<string, Network>> = {
  'sizes in targets of Reshape': (x, size) => reshape(relu(reshape(x, [1, size, 1, 2])), [2 * size]),
  'squares of the size': (x, size) => reshape(matMul(x, swapLast(x)), [size * size]),
  'a table of positions': (x, size) => add(x, positions(size)),
  'a matrix of distances': (x, size) => matMul(softmax(add(matMul(x, swapLast(x)), distances(size)), 1), x),
  'the first token': (x) =>
    slice(x, [
      { axis: 0, start: 0, end: 1 },
      { axis: 1, start: 1, end: 2 },
    ]),
  'a row that is repeated': (x, size) =>
    mul(x, expandLike(reduceMean(x, [0], { keepdims: true }), input('', [size, 2]))),
  'equal constants': (x) => matMul(x, constant({ shape: [2, 2], data: counting(2, 2) })),
};

describe('atAnySize', () => {
  it.each(Object.entries(networks))('joins graphs with %s', (_, network) => {
    const value = valueOver(network);
    for (const size of [1, 2, 7, FIRST]) {
      const feeds = { x: { shape: [size, 2], data: numbers(2 * size) } };
      const [expected] = evaluate([graphOf(network, size)], feeds);
      const [got] = evaluate([value], feeds, { T: size });
      expectClose(got, expected, 1e-12);
    }
  });

  it('joins a transformer of texts as exporters write it', () => {
    const model = readModel(textTransformer().bytes);
    const tokensAt = (maxTokens: number) => {
      const inputs = inputsOf(model, 'text', { maxTokens });
      return importGraph(model, { inputs: inputs.values, maxBytes: 2 ** 30 }).tensors.get(
        'last_hidden_state',
      ) as Value;
    };
    const found = atAnySize(tokensAt(FIRST), tokensAt(SECOND), sizes);
    if ('unlike' in found) throw new Error(found.unlike);
    expect(found.value.shape).toEqual([1, 'T', 8]);
    for (const size of [1, 3, FIRST]) {
      const row = (of: (i: number) => number) => ({
        shape: [size],
        data: Float64Array.from({ length: size }, (_, i) => of(i)),
      });
      const feeds = { ids: row((i) => 7 * i + 1), mask: row(() => 1), types: row(() => 0) };
      const [expected] = evaluate([tokensAt(size)], feeds);
      const [got] = evaluate([found.value], feeds, { T: size });
      expectClose(got, expected, 1e-12);
    }
  });

  it.each<readonly [string, Network, RegExp]>([
    [
      'other operators',
      (x, size) => (size > 6 ? relu(x) : softmax(x, 1)),
      /the graphs of both sizes differ at Relu/,
    ],
    ['more operators', (x, size) => (size > 6 ? relu(x) : x), /2 operations at size 12, but 1 at size 5/],
    [
      'other operands',
      (x, size) => (size > 6 ? matMul(swapLast(x), x) : matMul(x, swapLast(x))),
      /the graphs of both sizes differ at MatMul/,
    ],
    ['other attributes', (x, size) => softmax(x, size > 6 ? 0 : 1), /attributes of Softmax depend/],
    ['a constant that depends on the size', (x, size) => mul(x, 1 / size), /does not begin with/],
    [
      'positions counted from the end',
      (x, size) => add(x, constant({ shape: [size, 2], data: counting(size, 2).reverse() })),
      /does not begin with/,
    ],
    [
      'a token more',
      (x) => concat([x, constant({ shape: [1, 2], data: counting(2) })], 0),
      /Expected parts|makes \[13,2\]/,
    ],
    ['the last token', (x, size) => slice(x, [{ axis: 0, start: size - 1, end: size }]), /does not begin/],
    ['the third token', (x) => slice(x, [{ axis: 0, start: 2, end: 3 }]), /elements 2 to 2 are read/],
    [
      'indices that differ',
      (x, size) => add(x, reduceSum(cast(ints([size, 1]), 'float32'))),
      /does not begin with/,
    ],
  ])('refuses graphs with %s', (_, network, told) => {
    const found = joined(network);
    expect('unlike' in found && found.unlike).toMatch(told);
  });
});

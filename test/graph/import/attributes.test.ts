import { describe, expect, it } from 'vitest';
import { importGraph } from '../../../src/graph/import/import-graph.ts';
import { input } from '../../../src/graph/ops/index.ts';
import type { Value } from '../../../src/graph/value.ts';
import type { OnnxModel, OnnxNode } from '../../../src/onnx/model.ts';
import { storedTypes } from '../../../src/onnx/typed-values.ts';
import { refused } from './attribute-cases.ts';
import {
  type Given,
  initializer,
  list,
  modelOfCase,
  networkOf,
  nodeOf,
  one,
  runImported,
  runOriginal,
} from './foreign-node.ts';

const network = (
  nodes: readonly OnnxNode[],
  shape: readonly number[],
  constants: Readonly<Record<string, Given>>,
): OnnxModel => networkOf(nodes, shape, constants, 21);

async function expectSame(model: OnnxModel, x: Given): Promise<void> {
  const [expected, got] = [await runOriginal(model, { x }, ['y']), await runImported(model, { x }, ['y'])];
  expect(got.y?.shape).toEqual(expected.y?.shape);
  expect(Array.from(got.y?.numbers ?? [], Number)).toEqual(Array.from(expected.y?.numbers ?? [], Number));
}

const vector = (...numbers: readonly number[]): Given => ({ shape: [numbers.length], numbers });
const toFloat = (x: string) => nodeOf('Cast', [x], ['y'], { to: storedTypes.float32 });

describe('attributes of types', () => {
  it.each(['uint8', 'int8', 'uint16', 'int16'] as const)(
    'state that numbers are quantised to %s',
    async (type) => {
      const quantised = nodeOf('QuantizeLinear', ['x', 'scale'], ['q'], { output_dtype: storedTypes[type] });
      const model = network([quantised, toFloat('q')], [8], { scale: one(0.5) });
      await expectSame(model, vector(-1e6, -20_000, -100, -1, 1, 100, 20_000, 1e6));
    },
  );

  it('are those of the operand that a cast imitates', async () => {
    const like = { shape: [1], numbers: [1], type: 'int8' } as const;
    const model = network([nodeOf('CastLike', ['x', 'like'], ['c']), toFloat('c')], [3], { like });
    await expectSame(model, vector(1.7, -2.2, 0));
  });

  it('are those of an identity matrix', () => {
    const given = { shape: [2, 2], numbers: [1, 2, 3, 4] };
    const { constant } = modelOfCase({ op: 'EyeLike', operands: [given], attributes: { dtype: 11 } });
    const { tensors } = importGraph(constant, { inputs: {}, maxBytes: 2 ** 20 });
    expect((tensors.get('y0') as Value).dtype).toBe('float32');
  });

  it('are those of the values of a list of one index', () => {
    const { computed } = modelOfCase({
      op: 'OneHot',
      operands: [[3], one(4), list(0, 1)],
    });
    const { tensors } = importGraph(computed, { inputs: { x0: input('x0', [3]) }, maxBytes: 2 ** 20 });
    expect((tensors.get('y0') as Value).dtype).toBe('int64');
  });
});

it.each([0, 1])('heeds fmod %s of computed integers', async (fmod) => {
  const nodes = [
    nodeOf('Cast', ['x'], ['i'], { to: storedTypes.int64 }),
    nodeOf('Mod', ['i', 'by'], ['m'], { fmod }),
    toFloat('m'),
  ];
  await expectSame(network(nodes, [4], { by: list(2, 3, -4, -5) }), vector(7, -7, 6, -6));
});

it('fills with what is not a number', () => {
  const filled: OnnxNode = {
    ...nodeOf('ConstantOfShape', ['shape'], ['y']),
    attributes: [{ name: 'value', type: 'tensor', value: initializer('', vector(Number.NaN)) }],
  };
  const model = network([filled], [1], { shape: list(2) });
  const { tensors } = importGraph(model, { inputs: { x: input('x', [1]) }, maxBytes: 2 ** 20 });
  expect((tensors.get('y') as Value<'Constant'>).attributes.data).toEqual(
    Float32Array.of(Number.NaN, Number.NaN),
  );
});

it.each(refused.map(([word, each]) => [word, each.op, each.attributes, each] as const))(
  'refuses %s of %s %o',
  (word, _, __, each) => {
    const { computed, feeds } = modelOfCase(each);
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, { shape }]) => [name, input(name, shape)]),
    );
    const read = () => importGraph(computed, { inputs, maxBytes: 2 ** 20, emulates: true });
    expect(read).toThrow(word);
  },
);

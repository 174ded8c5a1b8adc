import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { gradient } from '../../src/autodiff/gradient.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { add, constant, exp, input, mul, neg, reduceSum, scalar } from '../../src/graph/ops/index.ts';
import { type Program, program } from '../../src/graph/program.ts';
import { isOp, topologicalOrder, type Value } from '../../src/graph/value.ts';
import { decodeModel, tensorOf } from '../../src/onnx/decode.ts';
import { bodiesOf, type OnnxGraph } from '../../src/onnx/model.ts';
import { dataTypes } from '../../src/onnx/schema.ts';
import { tensor } from '../../src/tensor.ts';
import { buildGraph, graphSpec } from '../support/reference/sampling/random-graph.ts';

const SEED = 20_260_823;
const x = input('x', ['N', 2]);

/** A program of a random graph and its gradients. */
const randomProgram = graphSpec.map((spec) => {
  const { inputs, outputs } = buildGraph(spec);
  const loss = outputs.map((each) => reduceSum(each)).reduce(add);
  const grads = gradient(loss, inputs).map((each, i) => [`grad${i}`, each] as const);
  return program('random', inputs, { loss, ...Object.fromEntries(grads) });
});

const nodesOf = ({ outputs }: Program) => topologicalOrder(Object.values(outputs));

/** Each name is defined once in the graph and its outer graphs. A body may use names of its outer graph. */
function expectNamesToBeSound({ nodes, inputs, initializers, outputs }: OnnxGraph, outer: Set<string>): void {
  const known = new Set(outer);
  const define = (name: string) => {
    expect(known).not.toContain(name);
    known.add(name);
  };
  for (const { name } of [...inputs, ...initializers]) define(name);
  for (const node of nodes) {
    expect(node.inputs.filter((name) => !known.has(name))).toEqual([]);
    for (const body of bodiesOf(node)) expectNamesToBeSound(body, known);
    node.outputs.forEach(define);
  }
  expect(outputs.filter(({ name }) => !known.has(name))).toEqual([]);
}

describe('encodeProgram', () => {
  it(`writes what decodeModel reads back, of random programs (seed ${SEED})`, () => {
    fc.assert(
      fc.property(randomProgram, (given) => {
        const model = decodeModel(encodeProgram(given));
        expect(model).toMatchObject({
          opsets: [{ domain: '', version: 18 }],
          functions: 0,
          trainingInfos: 0,
        });
        const signature = (values: readonly (readonly [string, Value])[]) =>
          values.map(([name, { shape }]) => ({ name, elementType: dataTypes.float32, shape }));
        expect(model.inputs).toEqual(signature(given.inputs.map((each) => [each.attributes.name, each])));
        expect(model.outputs).toEqual(signature(Object.entries(given.outputs)));
        const [constants, others] = [
          nodesOf(given).filter((each) => isOp(each, 'Constant')),
          nodesOf(given).filter(({ op }) => !['Constant', 'Input', 'ScanResult'].includes(op)),
        ];
        expect(model.initializers.map(({ raw }) => Buffer.from(raw).toString('hex'))).toEqual(
          constants.map(({ attributes: { data } }) =>
            Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
          ),
        );
        expect(model.nodes.slice(0, others.length).map(({ opType }) => opType)).toEqual(
          others.map(({ op }) => op),
        );
        // The remaining nodes copy a value to an output of another name.
        expect(model.nodes.slice(others.length).every(({ opType }) => opType === 'Identity')).toBe(true);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('defines every name once, before it is used', () => {
    fc.assert(
      fc.property(randomProgram, (given) => {
        expectNamesToBeSound(decodeModel(encodeProgram(given)), new Set());
      }),
      { seed: SEED, numRuns: 50 },
    );
  });

  it('gives the same bytes for the same program, built twice', () => {
    fc.assert(
      fc.property(graphSpec, (spec) => {
        const build = () => {
          const { inputs, outputs } = buildGraph(spec);
          return encodeProgram(program('twice', inputs, { y: outputs[0] }));
        };
        expect(Buffer.from(build()).equals(build())).toBe(true);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('keeps the names of weights; a second weight of the same name gets another name', () => {
    const [a, b] = [1, 2].map((each) => constant(tensor([1], [each]), 'w')) as [Value, Value];
    const { initializers } = decodeModel(encodeProgram(program('names', [x], { y: add(mul(x, a), b) })));
    expect(initializers).toHaveLength(2);
    expect(initializers[0]?.name).toBe('w');
    expect(initializers[1]?.name).not.toBe('w');
  });

  it('never makes up a name that an input, a weight or an output has', async () => {
    const given = ['Mul_1', 'Mul_2', 'Add_3', 'Constant_0', 'Constant_1', 'Exp_4'].map((name) =>
      input(name, [1]),
    );
    const y = given.reduce<Value>((sum, each) => add(mul(sum, each), 1), exp(given[0] as Value));
    const model = encodeProgram(program('names', given, { Add_8: neg(y), Add_5: y, Exp_2: exp(y) }));
    const session = await compile(model);
    expect(session.outputs).toEqual(['Add_8', 'Add_5', 'Exp_2']);
    await session.dispose();
  });

  it('exports outputs that are the same value, an input or a constant', async () => {
    const y = exp(x);
    const session = await compile(
      encodeProgram(
        program('through', [x], {
          a: y,
          b: y,
          same: x,
          one: scalar(1),
          w: constant(tensor([2], [3, 4]), 'w'),
        }),
      ),
    );
    const out = await session.run({ x: tensor([1, 2], [0, 1]) });
    expect(out.a).toEqual(out.b);
    expect(out.same?.data).toEqual(Float32Array.of(0, 1));
    expect(out.one?.data).toEqual(Float32Array.of(1));
    expect(out.w?.data).toEqual(Float32Array.of(3, 4));
    await session.dispose();
  });

  it('writes weights that are views into a larger buffer', () => {
    const view = new Float32Array([9, 9, 1, 2, 9]).subarray(2, 4);
    const { initializers } = decodeModel(
      encodeProgram(program('view', [x], { y: mul(x, constant(tensor([2], view), 'w')) })),
    );
    const [w] = initializers.map(tensorOf);
    expect(w).toEqual(tensor([2], [1, 2]));
  });
});

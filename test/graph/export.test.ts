import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/adapters/onnxruntime/threads/session.ts';
import { gradient } from '../../src/autodiff/gradient.ts';
import { encodeModel } from '../../src/graph/export/encode.ts';
import { add, constant, exp, input, matMul, mul, neg, reduceSum, scalar } from '../../src/graph/ops/index.ts';
import { type Program, program } from '../../src/graph/program.ts';
import { isOp, topologicalOrder, type Value } from '../../src/graph/value.ts';
import { decodeModel, type OnnxGraph, tensorOf } from '../../src/onnx/decode.ts';
import { dataTypes, ModelProto } from '../../src/onnx/schema.ts';
import { tensor } from '../../src/tensor.ts';
import { buildGraph, graphSpec } from '../support/reference/sampling/random-graph.ts';

const SEED = 20_260_823;
const x = input('x', ['N', 2]);

/** A program of a random graph and its gradients. */
const randomProgram = graphSpec.map((spec) => {
  const { inputs, outputs } = buildGraph(spec);
  const loss = outputs.map((each) => reduceSum(each)).reduce(add);
  const slopes = gradient(loss, inputs).map((each, i) => [`slope${i}`, each] as const);
  return program('random', inputs, { loss, ...Object.fromEntries(slopes) });
});

const nodesOf = ({ outputs }: Program) => topologicalOrder(Object.values(outputs));

/** A name is defined once in the graph and in all that lie around it, and a body may use those of the graph around. */
function expectNamesToBeSound(
  { nodes, inputs, initializers, outputs }: OnnxGraph,
  around: Set<string>,
): void {
  const known = new Set(around);
  const define = (name: string) => {
    expect(known).not.toContain(name);
    known.add(name);
  };
  for (const { name } of [...inputs, ...initializers]) define(name);
  for (const node of nodes) {
    expect(node.inputs.filter((name) => !known.has(name))).toEqual([]);
    for (const { graph } of node.attributes) if (graph) expectNamesToBeSound(graph, known);
    node.outputs.forEach(define);
  }
  expect(outputs.filter(({ name }) => !known.has(name))).toEqual([]);
}

describe('encodeModel', () => {
  it(`writes what decodeModel reads back, of random programs (seed ${SEED})`, () => {
    fc.assert(
      fc.property(randomProgram, (given) => {
        const model = decodeModel(encodeModel(given));
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
        // What is left gives an output a second name.
        expect(model.nodes.slice(others.length).every(({ opType }) => opType === 'Identity')).toBe(true);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('defines every name once, before it is used', () => {
    fc.assert(
      fc.property(randomProgram, (given) => {
        expectNamesToBeSound(decodeModel(encodeModel(given)), new Set());
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('gives the same bytes for the same program, built twice', () => {
    fc.assert(
      fc.property(graphSpec, (spec) => {
        const build = () => {
          const { inputs, outputs } = buildGraph(spec);
          return encodeModel(program('twice', inputs, { y: outputs[0] }));
        };
        expect(Buffer.from(build()).equals(build())).toBe(true);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('keeps the names of weights, and gives the second of a name another', () => {
    const [a, b] = [1, 2].map((each) => constant(tensor([1], [each]), 'w')) as [Value, Value];
    const { initializers } = decodeModel(encodeModel(program('names', [x], { y: add(mul(x, a), b) })));
    expect(initializers).toHaveLength(2);
    expect(initializers[0]?.name).toBe('w');
    expect(initializers[1]?.name).not.toBe('w');
  });

  it('makes up no name that an input, a weight or an output has', async () => {
    const given = ['Mul_1', 'Mul_2', 'Add_3', 'Constant_0', 'Constant_1', 'Exp_4'].map((name) =>
      input(name, [1]),
    );
    const y = given.reduce<Value>((sum, each) => add(mul(sum, each), 1), exp(given[0] as Value));
    const model = encodeModel(program('names', given, { Add_8: neg(y), Add_5: y, Exp_2: exp(y) }));
    const session = await compile(model);
    expect(session.outputs).toEqual(['Add_8', 'Add_5', 'Exp_2']);
    await session.dispose();
  });

  it('names one value twice, and passes inputs and constants through, as outputs', async () => {
    const y = exp(x);
    const session = await compile(
      encodeModel(
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
      encodeModel(program('view', [x], { y: mul(x, constant(tensor([2], view), 'w')) })),
    );
    const [w] = initializers.map(tensorOf);
    expect(w).toEqual(tensor([2], [1, 2]));
  });
});

describe('decodeModel', () => {
  const bytes = encodeModel(program('f', [x], { y: matMul(x, constant(tensor([2, 2], [1, 2, 3, 4]), 'w')) }));

  it('refuses bytes without a graph', () => {
    expect(() => decodeModel(new Uint8Array())).toThrow('Expected a model with a graph, got none');
    const header = ModelProto.encode({ ir_version: 8, producer_name: 'someone' }).finish();
    expect(() => decodeModel(header)).toThrow('Expected a model with a graph, got none');
  });

  it.each([
    ['text', new TextEncoder().encode('{"model": "omniglot"}')],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
    ['ones', new Uint8Array(64).fill(255)],
  ])('refuses %s', (_, garbage) => {
    expect(() => decodeModel(garbage)).toThrow();
  });

  it('refuses a model cut off anywhere inside its graph', () => {
    const whole = decodeModel(bytes);
    for (let length = 0; length < bytes.length; length++) {
      const attempt = () => decodeModel(bytes.subarray(0, length));
      // Cut exactly between two fields, the rest is a model still: one without its opset.
      let model: ReturnType<typeof attempt> | undefined;
      try {
        model = attempt();
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      if (model) expect(model).toEqual({ ...whole, opsets: [] });
    }
  });

  it('answers a model or an Error to any bytes at all', () => {
    const flipped = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)).map(([at, byte]) => bytes.with(at, byte));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), flipped), (given) => {
        try {
          expect(decodeModel(given).nodes).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it('refuses graphs nested in attributes beyond reason', () => {
    const field = (number: number, content: Uint8Array) =>
      protobuf.Writer.create()
        .uint32((number << 3) | 2)
        .bytes(content)
        .finish();
    // GraphProto.node, NodeProto.attribute, AttributeProto.g
    const nest = (graph: Uint8Array) => field(1, field(5, field(6, graph)));
    const nested = Array.from({ length: 2_000 }).reduce<Uint8Array>(nest, new Uint8Array());
    expect(() => decodeModel(field(7, nested))).toThrow(Error);
  });

  it('reports what our programs never hold, so that it can be refused', () => {
    const model = decodeModel(
      ModelProto.encode({
        opset_import: [{ domain: 'com.microsoft', version: 1 }],
        functions: [{ name: 'f' }],
        training_info: [{}],
        graph: {
          node: [
            {
              op_type: 'If',
              domain: 'custom',
              attribute: [{ name: 'then_branch', type: 5, g: { name: 'then' } }],
            },
            { op_type: 'Constant', attribute: [{ name: 'value', type: 4, t: { data_type: 1 } }] },
            { op_type: 'Gemm', attribute: [{ name: 'transA', type: 2, i: 1 }] },
          ],
          sparse_initializer: [{}],
          initializer: [
            { name: 'located', data_location: 1 },
            { name: 'addressed', external_data: [{ key: 'location', value: 'secret.env' }] },
          ],
        },
      }).finish(),
    );
    expect(model).toMatchObject({ functions: 1, trainingInfos: 1, sparseInitializers: 1 });
    expect(model.opsets).toEqual([{ domain: 'com.microsoft', version: 1 }]);
    expect(model.nodes.map(({ domain }) => domain)).toEqual(['custom', '', '']);
    const attributes = model.nodes.map((each) => each.attributes[0]);
    expect(attributes.map((each) => each?.graph !== null)).toEqual([true, false, false]);
    expect(attributes.map((each) => each?.nested)).toEqual([false, true, false]);
    expect(model.initializers.map(({ external }) => external)).toEqual([true, true]);
  });
});

describe('tensorOf', () => {
  const initializer = {
    name: 'w',
    dims: [2],
    dataType: dataTypes.float32,
    external: false,
    raw: new Uint8Array(8),
  };

  it.each([
    ['another type', { dataType: dataTypes.int64 }, 'Expected w to hold float32 values'],
    ['values in another file', { external: true }, 'Expected w to hold float32 values'],
    ['too few values', { raw: new Uint8Array(4) }, 'Expected 8 bytes for w [2], got 4'],
    ['too many values', { raw: new Uint8Array(12) }, 'Expected 8 bytes for w [2], got 12'],
  ])('refuses %s', (_, change, message) => {
    expect(() => tensorOf({ ...initializer, ...change })).toThrow(new TypeError(message));
  });

  it('reads values at any offset of the file', () => {
    const raw = new Uint8Array(13).subarray(5);
    new DataView(raw.buffer, 5).setFloat32(4, 2.5, true);
    expect(tensorOf({ ...initializer, raw })).toEqual(tensor([2], [0, 2.5]));
  });
});

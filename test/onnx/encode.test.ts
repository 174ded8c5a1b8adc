import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeModel } from '../../src/onnx/decode.ts';
import { encodeModel, newModel } from '../../src/onnx/encode.ts';
import type { OnnxAttribute, OnnxGraph, OnnxInitializer, OnnxNode } from '../../src/onnx/model.ts';
import { attributeTypes, ModelProto } from '../../src/onnx/schema.ts';

const SEED = 20_261_128;

const empty: OnnxGraph = {
  name: 'g',
  nodes: [],
  initializers: [],
  inputs: [],
  outputs: [],
  sparseInitializers: 0,
};
const nodeWith = (attribute: OnnxAttribute): OnnxNode => ({
  name: 'n',
  opType: 'Op',
  domain: '',
  inputs: [],
  outputs: ['y'],
  attributes: [attribute],
});
const modelWith = (attribute: OnnxAttribute) => newModel({ ...empty, nodes: [nodeWith(attribute)] });

/** Attributes of every type; graphs within them to a small depth. */
const { graph: graphs } = fc.letrec<{ graph: OnnxGraph; attribute: OnnxAttribute }>((tie) => {
  const name = fc.string();
  const float = fc.float({ noNaN: true });
  const int = fc.maxSafeInteger();
  const text = fc.string({ unit: 'grapheme' });
  const typed = <Content>(type: string, value: fc.Arbitrary<Content>) =>
    fc.record({ name, type: fc.constant(type), value });
  const values = fc.array(
    fc.record({
      name,
      elementType: fc.constantFrom(1, 7, 9),
      shape: fc.array(fc.oneof(fc.nat(), fc.stringMatching(/^[A-Z]{1,3}$/))),
    }),
    { maxLength: 3 },
  );
  const bytes = fc.uint8Array({ minLength: 8, maxLength: 8 });
  const initializer: fc.Arbitrary<OnnxInitializer> = fc.oneof(
    fc.record({
      name,
      dims: fc.constant([2]),
      dataType: fc.constant(1),
      external: fc.constant(null),
      raw: bytes,
    }),
    fc.record({
      name,
      dims: fc.constant([2]),
      dataType: fc.constant(1),
      external: fc.record({ location: fc.string(), offset: fc.nat(), length: fc.nat() }),
      raw: fc.constant(new Uint8Array()),
    }),
    fc.record({
      name,
      dims: fc.constant([]),
      dataType: fc.constant(7),
      external: fc.constant(null),
      raw: bytes,
    }),
  );
  return {
    attribute: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      typed('float', float),
      typed('int', int),
      typed('string', text),
      typed('floats', fc.array(float)),
      typed('ints', fc.array(int)),
      typed('strings', fc.array(text)),
      typed('graph', tie('graph')),
    ) as fc.Arbitrary<OnnxAttribute>,
    graph: fc.record({
      name,
      nodes: fc.array(
        fc.record({
          name,
          opType: name,
          domain: name,
          inputs: fc.array(name, { maxLength: 3 }),
          outputs: fc.array(name, { maxLength: 3 }),
          attributes: fc.array(tie('attribute'), { maxLength: 3 }),
        }),
        { maxLength: 3, depthIdentifier: 'nodes' },
      ),
      initializers: fc.array(initializer, { maxLength: 2 }),
      inputs: values,
      outputs: values,
      sparseInitializers: fc.constant(0),
    }),
  };
});

describe('encodeModel', () => {
  it(`is inverted by decodeModel, for any model (seed ${SEED})`, () => {
    fc.assert(
      fc.property(graphs, fc.string(), (graph, producer) => {
        const model = { ...newModel(graph), producer };
        const bytes = encodeModel(model);
        const decoded = decodeModel(bytes);
        expect(plain(decoded)).toEqual(plain(model));
        expect(Buffer.from(encodeModel(decoded)).equals(bytes)).toBe(true);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it.each([
    ['float', 0],
    ['float', 0.5],
    ['float', 2],
    ['int', 0],
    ['int', -3],
    ['floats', []],
    ['floats', [1, 0.25]],
    ['ints', []],
    ['ints', [1, 2]],
    ['string', ''],
    ['string', 'é'],
    ['strings', ['', 'b']],
    ['tensor', { name: 't', dims: [2], dataType: 9, external: null, raw: Buffer.from([1, 0]) }],
  ] as const)('states that the attribute is of type %s, also when its value is %j', (type, value) => {
    const attribute = { name: 'a', type, value } as OnnxAttribute;
    const bytes = encodeModel(modelWith(attribute));
    expect(decodeModel(bytes).nodes[0]?.attributes).toEqual([attribute]);
    const [stated] = ModelProto.toObject(ModelProto.decode(bytes)).graph.node[0].attribute;
    expect(stated.type).toBe(attributeTypes[type]);
  });

  it.each<[string, OnnxAttribute, string]>([
    [
      'a fraction for an int',
      { name: 'axis', type: 'int', value: 0.5 },
      'Attribute axis: expected an integer, got 0.5',
    ],
    [
      'an int that a number cannot hold',
      { name: 'axis', type: 'int', value: 2 ** 60 },
      'Attribute axis: expected an integer',
    ],
    [
      'a fraction among ints',
      { name: 'pads', type: 'ints', value: [1, 1.5] },
      'Attribute pads: expected an integer, got 1.5',
    ],
    [
      'a number beyond float32',
      { name: 'alpha', type: 'float', value: 1e39 },
      'Attribute alpha: expected a number in the range of float32, got 1e+39',
    ],
    [
      'such a number in a list',
      { name: 'scales', type: 'floats', value: [1, -1e39] },
      'Attribute scales: expected a number in the range of float32, got -1e+39',
    ],
    [
      'content that it cannot describe',
      { name: 'value', type: 'unsupported', fields: ['tensors'] },
      'Expected attribute value to be of a known type, got tensors',
    ],
  ])('refuses %s', (_, attribute, message) => {
    expect(() => encodeModel(modelWith(attribute))).toThrow(TypeError);
    expect(() => encodeModel(modelWith(attribute))).toThrow(message);
  });

  const weight: OnnxInitializer = {
    name: 'w',
    dims: [2],
    dataType: 1,
    external: null,
    raw: new Uint8Array(8),
  };
  it.each([
    ['functions', { functions: 1 }, 'a model without functions, got 1'],
    ['training sections', { trainingInfos: 2 }, 'a model without training sections, got 2'],
    ['sparse initializers', { sparseInitializers: 1 }, 'a model without sparse initializers, got 1'],
    ['too few bytes', { initializers: [{ ...weight, raw: new Uint8Array(7) }] }, '8 bytes for w [2], got 7'],
    [
      'too many int64 bytes',
      { initializers: [{ ...weight, dataType: 7, raw: new Uint8Array(24) }] },
      '16 bytes for w [2], got 24',
    ],
  ])('refuses %s', (_, change, message) => {
    expect(() => encodeModel({ ...newModel(empty), ...change })).toThrow(`Expected ${message}`);
  });
});

describe('decodeModel on attributes without a clear type', () => {
  const decoded = (attribute: object) =>
    decodeModel(ModelProto.encode({ graph: { node: [{ op_type: 'Op', attribute: [attribute] }] } }).finish())
      .nodes[0]?.attributes[0];

  it.each([
    ['no type', { name: 'a', i: 1 }, ['i']],
    ['a type that we do not read', { name: 'a', type: 9, tensors: [{ data_type: 1 }] }, ['tensors']],
    ['a tensor behind an int', { name: 'a', type: attributeTypes.int, i: 1, t: {} }, ['i', 't']],
    ['content of another type', { name: 'a', type: attributeTypes.int, f: 0.5 }, ['f']],
    [
      'a graph behind an int',
      { name: 'a', type: attributeTypes.int, i: 1, g: { name: 'hidden' } },
      ['i', 'g'],
    ],
    [
      'a list behind a graph',
      { name: 'a', type: attributeTypes.graph, g: {}, graphs: [{}] },
      ['g', 'graphs'],
    ],
    [
      'a reference to an attribute of a function',
      { name: 'a', type: attributeTypes.int, ref_attr_name: 'b' },
      ['ref_attr_name'],
    ],
  ])('reports %s as unsupported', (_, attribute, fields) => {
    expect(decoded(attribute)).toEqual({ name: 'a', type: 'unsupported', fields });
  });

  it.each([
    ['int', 0],
    ['float', 0],
    ['string', ''],
    ['ints', []],
  ] as const)('reads %s without content as %j, as protobuf leaves out defaults', (type, value) => {
    expect(decoded({ name: 'a', type: attributeTypes[type] })).toEqual({ name: 'a', type, value });
  });
});

/** The same content with bytes as text, so that a Buffer and a Uint8Array with the same bytes are equal. */
function plain(content: unknown): unknown {
  if (content instanceof Uint8Array) return Buffer.from(content).toString('hex');
  if (Array.isArray(content)) return content.map(plain);
  if (typeof content !== 'object' || content === null) return content;
  return Object.fromEntries(Object.entries(content).map(([key, each]) => [key, plain(each)]));
}

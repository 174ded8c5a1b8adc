import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { constant, input, matMul } from '../../src/graph/ops/index.ts';
import { program } from '../../src/graph/program.ts';
import { decodeModel, tensorOf } from '../../src/onnx/decode.ts';
import { dataTypes, ModelProto } from '../../src/onnx/schema.ts';
import { tensor } from '../../src/tensor.ts';

const SEED = 20_260_823;
const x = input('x', ['N', 2]);

describe('decodeModel', () => {
  const bytes = encodeProgram(
    program('f', [x], { y: matMul(x, constant(tensor([2, 2], [1, 2, 3, 4]), 'w')) }),
  );

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
      // A cut exactly between two fields leaves a valid model without its opset.
      let model: ReturnType<typeof attempt> | undefined;
      try {
        model = attempt();
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      if (model) expect(model).toEqual({ ...whole, opsets: [] });
    }
  });

  it('returns a model or throws an Error for any bytes', () => {
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

  it('refuses graphs that are nested too deep', () => {
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

  it('reports the parts that our programs never have, so that a reader can refuse them', () => {
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
            {
              name: 'checked',
              external_data: [
                { key: 'offset', value: '8' },
                { key: 'checksum', value: 'b6589fc6' },
              ],
            },
          ],
        },
      }).finish(),
    );
    expect(model).toMatchObject({ functions: 1, trainingInfos: 1, sparseInitializers: 1 });
    expect(model.opsets).toEqual([{ domain: 'com.microsoft', version: 1 }]);
    expect(model.nodes.map(({ domain }) => domain)).toEqual(['custom', '', '']);
    expect(model.nodes.map((each) => each.attributes[0])).toMatchObject([
      { name: 'then_branch', type: 'graph', value: { name: 'then' } },
      { name: 'value', type: 'tensor', value: { dims: [], dataType: 1, external: null } },
      { name: 'transA', type: 'int', value: 1 },
    ]);
    expect(model.initializers.map(({ external }) => external)).toEqual([
      { location: '' },
      { location: 'secret.env' },
      { location: '', offset: Number.NaN, length: Number.NaN },
    ]);
  });
});

describe('tensorOf', () => {
  const initializer = {
    name: 'w',
    dims: [2],
    dataType: dataTypes.float32,
    external: null,
    raw: new Uint8Array(8),
  };

  it.each([
    ['another type', { dataType: dataTypes.int64 }, 'Expected w to hold float32 values'],
    [
      'values in another file',
      { external: { location: 'w', offset: 0, length: 8 } },
      'Expected w to hold float32 values',
    ],
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

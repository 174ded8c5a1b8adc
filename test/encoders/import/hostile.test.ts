import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../src/encoders/import/read-model.ts';
import { decodeModel } from '../../../src/onnx/decode.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import { initializer, nodeOf } from '../../graph/import/foreign-node.ts';
import { costlyModels } from './hostile-costs.ts';
import { HOSTILE_MAX_BYTES, hostileModels } from './hostile-models.ts';
import { importBytes } from './import-options.ts';
import { residualNetwork } from './networks.ts';

const maxBytes = HOSTILE_MAX_BYTES;
const X = Buffer.from('x');

describe('a hostile model', () => {
  it.each(Object.entries({ ...hostileModels, ...costlyModels }))(
    'is refused with words: %s',
    async (_, [make, message]) => {
      const before = process.memoryUsage();
      await expect(importBytes(encodeModel(make()), 'image', { maxBytes })).rejects.toMatchObject({
        name: 'InnerloopError',
        code: 'invalid_package',
        message: expect.stringMatching(message),
      });
      const after = process.memoryUsage();
      expect(after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed).toBeLessThan(
        2 ** 28,
      );
    },
  );

  /** The start of fields within each other, outermost first; a content of this length follows. */
  function startOf(numbers: readonly number[], length: number): Buffer {
    const headers: Uint8Array[] = [];
    let rest = length;
    for (const number of numbers.toReversed()) {
      const header = protobuf.Writer.create()
        .uint32((number << 3) | 2)
        .uint32(rest)
        .finish();
      headers.push(header);
      rest += header.length;
    }
    return Buffer.concat(headers.reverse());
  }
  const inFields = (numbers: readonly number[], content: Uint8Array) =>
    Buffer.concat([startOf(numbers, content.length), content]);
  const inGraph = (numbers: readonly number[], content: Uint8Array) => inFields([7, ...numbers], content);

  it('is refused before it is decoded, when it has a million nodes', () => {
    const [input, output, type] = [inFields([1], X), inFields([2], X), inFields([4], Buffer.from('Relu'))];
    const node = inFields([1], Buffer.concat([input, output, type]));
    const bytes = inGraph([], Buffer.alloc(1_000_000 * node.length, node));
    const started = performance.now();
    expect(() => readModel(bytes)).toThrow('expected at most 50000 nodes, got 1000000');
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('is refused when its names take more than its values', () => {
    const start = startOf([7, 1, 3], 2 ** 26 + 1);
    const bytes = new Uint8Array(start.length + 2 ** 26 + 1);
    bytes.set(start);
    expect(() => readModel(bytes)).toThrow('bytes beside the values of weights');
  });

  /** Empty messages or texts of a field. */
  const empty = (field: number, count: number) => Buffer.alloc(2 * count, Uint8Array.of((field << 3) | 2, 0));

  const ones = new Uint8Array(2 ** 24).fill(1);

  it.each([
    ['64-bit weights', inGraph([5, 7], ones)],
    ['sizes of a weight', inGraph([5, 1], ones)],
    ['numbers of an attribute', inGraph([1, 5, 8], ones)],
    ['sparse weights', inGraph([15, 1, 7], ones)],
    ['axes of an input', inGraph([11, 2, 1, 2], empty(1, 2 ** 21))],
    ['texts in a weight', inGraph([5], empty(6, 2 ** 21))],
  ])('is refused before it is decoded, when it lists millions of %s', (_, bytes) => {
    const before = process.memoryUsage().heapUsed;
    expect(() => readModel(bytes)).toThrow(/at most \d+ (bytes for numbers|names, attributes and tensors)/);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 ** 27);
  });

  it('is refused when its graphs are nested a thousand deep', () => {
    const deep = Array.from({ length: 1000 }).flatMap(() => [1, 5, 6]);
    expect(() => readModel(inGraph(deep, new Uint8Array()))).toThrow(/parts at most 32 deep/);
  });

  it('is refused when it is cut off anywhere', async () => {
    const { bytes } = residualNetwork();
    const step = Math.ceil(bytes.length / 40);
    for (let length = 0; length < bytes.length; length += step)
      await expect(importBytes(bytes.subarray(0, length), 'image', { maxBytes })).rejects.toMatchObject({
        code: 'invalid_package',
      });
  });

  it('is imported without the parts that its features do not depend on, which never run', async () => {
    const { bytes, kind, tap } = residualNetwork();
    const model = decodeModel(bytes);
    const secret = { location: '../../etc/passwd', offset: 0, length: 4 };
    const beside = encodeModel({
      ...model,
      nodes: [
        ...model.nodes,
        nodeOf('ConstantOfShape', ['huge'], ['side']),
        { ...nodeOf('Open', ['side'], ['file']), domain: 'com.example' },
      ],
      initializers: [
        ...model.initializers,
        initializer('huge', { shape: [1], numbers: [2 ** 38], type: 'int64' }),
        { ...initializer('secret', { shape: [1], numbers: [0] }), external: secret, raw: new Uint8Array() },
      ],
      outputs: [...model.outputs, { name: 'file', elementType: 1, shape: ['n'] }],
    });
    const { report } = await importBytes(beside, kind, { maxBytes });
    expect(report).toMatchObject({ features: { tensor: tap }, form: 'values' });
    expect(report.difference).toBeLessThan(1e-5);
  });

  it('may have its values in the one file beside it, within its bytes', async () => {
    const { bytes, kind, features } = residualNetwork();
    const model = decodeModel(bytes);
    const [large] = model.initializers.filter(({ raw }) => raw.length > 200);
    if (!large) throw new Error('Expected a large initializer');
    const external = (location: string, offset?: number, length?: number) => {
      const place = {
        location,
        ...(offset !== undefined && { offset }),
        ...(length !== undefined && { length }),
      };
      return encodeModel({
        ...model,
        initializers: model.initializers.map((each) =>
          each === large ? { ...each, external: place, raw: new Uint8Array() } : each,
        ),
      });
    };
    const values = Buffer.concat([new Uint8Array(64), large.raw]);
    const weights = { name: 'model.onnx.data', bytes: values };
    const imported = await importBytes(external('model.onnx.data', 64, large.raw.length), kind, { weights });
    expect(imported.report.features.size).toBe(features);
    const unstated = await importBytes(external('model.onnx.data'), kind, {
      weights: { ...weights, bytes: large.raw },
    });
    expect(unstated.draft.program).toEqual(imported.draft.program);
    const rest = await importBytes(external('model.onnx.data', 64), kind, {
      weights: { ...weights, bytes: Buffer.concat([values, new Uint8Array(36)]) },
    });
    expect(rest.draft.program).toEqual(imported.draft.program);
    for (const [location, offset, length] of [
      ['model.onnx.data', 65],
      ['model.onnx.data', 2 ** 20],
      ['model.onnx.data', Number.NaN, large.raw.length],
      ['other.data', 64, large.raw.length],
      ['model.onnx.data', 65, large.raw.length],
      ['model.onnx.data', 64, large.raw.length + 4],
      ['model.onnx.data', 64, large.raw.length - 4],
      ['model.onnx.data', -4, large.raw.length],
      ['model.onnx.data', 2 ** 52, large.raw.length],
    ] as const)
      await expect(importBytes(external(location, offset, length), kind, { weights })).rejects.toThrow(
        /expected (values of|\d+ bytes for each value of|weights and attributes that can be read, got Expected 648 bytes)/,
      );
  });
});

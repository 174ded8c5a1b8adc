import { describe, expect, it } from 'vitest';
import { encodeModel, newModel } from '../../../src/onnx/encode.ts';
import type { OnnxNode, OnnxValueInfo } from '../../../src/onnx/model.ts';
import { dataTypes } from '../../../src/onnx/schema.ts';
import { storedTypes } from '../../../src/onnx/typed-values.ts';
import { writeEncoder } from '../../../src/package/encoder/write-encoder.ts';
import { createRandom } from '../../../src/training/random.ts';
import { type Given, initializer, nodeOf } from '../../graph/import/foreign-node.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { importBytes } from './import-options.ts';

const random = createRandom(8);
const weights = (...shape: readonly number[]): Given => ({
  shape,
  numbers: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.fround(random.normal() / 3)),
});

/** Of int8 or uint8. */
const bytes = (name: string, dataType: number, shape: readonly number[], numbers: readonly number[]) => ({
  name,
  dims: shape,
  dataType,
  external: null,
  raw: Uint8Array.from(numbers),
});

function modelOf(
  shape: OnnxValueInfo['shape'],
  nodes: readonly OnnxNode[],
  constants: Readonly<Record<string, Given>>,
  more: ReturnType<typeof bytes>[] = [],
): Uint8Array {
  return encodeModel({
    ...newModel({
      name: 'recurrent',
      nodes,
      initializers: [...Object.entries(constants).map(([name, given]) => initializer(name, given)), ...more],
      inputs: [{ name: 'x', elementType: dataTypes.float32, shape }],
      outputs: [{ name: 'features', elementType: dataTypes.float32, shape: [] }],
      sparseInitializers: 0,
    }),
    opsets: [{ domain: '', version: 14 }],
  });
}

/** [B, 6, 4] → [6, B, 4] → the last hidden state [1, B, 5] → [B, 5], with weights of `gates` gates. */
const recurrent = (op: string, gates: number, from = 'x') => ({
  nodes: [
    nodeOf('Transpose', [from], ['t'], { perm: [1, 0, 2] }),
    nodeOf(op, ['t', 'w', 'r'], ['all', 'last'], { hidden_size: 5 }),
    nodeOf('Transpose', ['last'], ['back'], { perm: [1, 0, 2] }),
    nodeOf('Flatten', ['back'], ['features'], { axis: 1 }),
  ],
  constants: { w: weights(1, gates * 5, 4), r: weights(1, gates * 5, 5) },
});

describe('a network that cannot be read as values', () => {
  it.each([
    ['LSTM', 4],
    ['GRU', 3],
    ['RNN', 1],
  ] as const)('runs as it is, if rows are independent: %s', async (op, gates) => {
    const { nodes, constants } = recurrent(op, gates);
    const { draft, report } = await importBytes(modelOf(['B', 6, 4], nodes, constants), 'vector');
    expect(report).toMatchObject({ form: 'frozen', features: { size: 5 } });
    expect(report.notes[0]).toMatch(`Not read as values: ${op}`);
    expect(report.difference).toBeLessThan(1e-5);
    const encoder = await writeEncoder(await scratchFolder(), draft);
    expect(encoder.manifest.inputs).toEqual([{ name: 'input', shape: [6, 4] }]);
  });

  it('may end in features of length 1', async () => {
    const { nodes, constants } = recurrent('LSTM', 4);
    const last = nodes.map((node) => ({
      ...node,
      outputs: node.outputs.map((name) => (name === 'features' ? 'long' : name)),
    }));
    const normalised = [...last, nodeOf('LpNormalization', ['long'], ['features'], { axis: 1, p: 2 })];
    const { draft, report } = await importBytes(modelOf(['B', 6, 4], normalised, constants), 'vector');
    expect(report).toMatchObject({ form: 'frozen', features: { size: 5 } });
    await writeEncoder(await scratchFolder(), draft);
  });

  it('may compute in 8 bits', async () => {
    const nodes = [
      nodeOf('QuantizeLinear', ['x', 'scale', 'zero'], ['q']),
      nodeOf('DequantizeLinear', ['q', 'scale', 'zero'], ['d']),
      nodeOf('DequantizeLinear', ['stored', 'scale', 'zero'], ['w']),
      nodeOf('Conv', ['d', 'w'], ['c']),
      nodeOf('GlobalAveragePool', ['c'], ['features']),
    ];
    const stored = Array.from({ length: 4 * 3 * 9 }, (_, i) => (i * 37) % 256);
    const model = modelOf(['B', 3, 6, 6], nodes, { scale: { shape: [], numbers: [0.05] } }, [
      bytes('zero', storedTypes.uint8, [], [128]),
      bytes('stored', storedTypes.uint8, [4, 3, 3, 3], stored),
    ]);
    const { draft, report } = await importBytes(model, 'image');
    expect(report).toMatchObject({ form: 'frozen', features: { size: 4 } });
    await writeEncoder(await scratchFolder(), draft);
  });

  it("may have tensors with the names of the encoder's own", async () => {
    const { nodes, constants } = recurrent('LSTM', 4, 'of-file/input');
    const named = [
      nodeOf('Neg', ['x'], ['input']),
      nodeOf('Neg', ['input'], ['innerloop/input']),
      nodeOf('Relu', ['innerloop/input'], ['of-file/input']),
    ];
    const { report } = await importBytes(modelOf(['B', 6, 4], [...named, ...nodes], constants), 'vector');
    expect(report).toMatchObject({ form: 'frozen', features: { size: 5 } });
    expect(report.difference).toBeLessThan(1e-5);
  });

  it.each([
    ['mean', 'mean over the tokens of the text'],
    ['first', 'first token'],
  ] as const)('has its tokens pooled: %s', async (pooling, words) => {
    const model = encodeModel({
      ...newModel({
        name: 'tokens',
        nodes: [
          nodeOf('Gather', ['table', 'input_ids'], ['words']),
          nodeOf('Transpose', ['words'], ['t'], { perm: [1, 0, 2] }),
          nodeOf('GRU', ['t', 'w', 'r'], ['all'], { hidden_size: 5 }),
          nodeOf('Squeeze', ['all', 'direction'], ['squeezed']),
          nodeOf('Transpose', ['squeezed'], ['back'], { perm: [1, 0, 2] }),
          nodeOf('Cast', ['attention_mask'], ['real'], { to: 1 }),
          nodeOf('Unsqueeze', ['real', 'last'], ['column']),
          nodeOf('Mul', ['back', 'column'], ['last_hidden_state']),
        ],
        initializers: Object.entries({
          table: weights(16, 4),
          w: weights(1, 15, 4),
          r: weights(1, 15, 5),
          direction: { shape: [1], numbers: [1], type: 'int64' } as const,
          last: { shape: [1], numbers: [2], type: 'int64' } as const,
        }).map(([name, given]) => initializer(name, given)),
        inputs: ['input_ids', 'attention_mask'].map((name) => ({
          name,
          elementType: dataTypes.int64,
          shape: ['batch', 'length'],
        })),
        outputs: [{ name: 'last_hidden_state', elementType: dataTypes.float32, shape: [] }],
        sparseInitializers: 0,
      }),
      opsets: [{ domain: '', version: 14 }],
    });
    const { report } = await importBytes(model, 'text', { pooling, preparation: { maxTokens: 6 } });
    expect(report).toMatchObject({ form: 'frozen', features: { size: 5, pooling: words } });
    expect(report.difference).toBeLessThan(1e-5);
  });

  it('has the values of its constants from the one file beside it, or none', async () => {
    const { nodes, constants } = recurrent('LSTM', 4);
    const { raw, dims, dataType } = initializer('w', constants.w);
    const constantAt = (location: string): OnnxNode => ({
      ...nodeOf('Constant', [], ['w']),
      attributes: [
        {
          name: 'value',
          type: 'tensor',
          value: {
            name: '',
            dims,
            dataType,
            raw: new Uint8Array(),
            external: { location, offset: 0, length: raw.length },
          },
        },
      ],
    });
    const importFrom = (location: string) =>
      importBytes(modelOf(['B', 6, 4], [constantAt(location), ...nodes], { r: constants.r }), 'vector', {
        weights: { name: 'model.onnx.data', bytes: raw },
      });
    const { draft } = await importFrom('model.onnx.data');
    expect(draft.program.initializers.every(({ external }) => external === null)).toBe(true);
    await expect(importFrom('/dev/zero')).rejects.toThrow(/in model.onnx.data, got "\/dev\/zero"/);
  });

  it('is refused if a row changes with the rest of its batch', async () => {
    const { nodes, constants } = recurrent('LSTM', 4, 'scaled');
    const mixing = [
      nodeOf('ReduceMax', ['x'], ['largest'], { keepdims: 0 }),
      nodeOf('Div', ['x', 'largest'], ['scaled']),
    ];
    await expect(
      importBytes(modelOf(['B', 6, 4], [...mixing, ...nodes], constants), 'vector'),
    ).rejects.toThrow(/expected features within 0.0001 of the original's features/);
  });

  it('is refused if it has an operator that an encoder may not have', async () => {
    const model = modelOf(['B', 6, 4], [nodeOf('RandomNormalLike', ['x'], ['features'])], {});
    await expect(importBytes(model, 'vector')).rejects.toThrow(
      'expected operators that an encoder may have, got RandomNormalLike',
    );
  });
});

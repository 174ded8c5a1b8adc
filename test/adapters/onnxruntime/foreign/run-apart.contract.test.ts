import { expect, it } from 'vitest';
import { createRunApart } from '../../../../src/adapters/onnxruntime/foreign/run-apart.ts';
import { encodeModel, newModel } from '../../../../src/onnx/encode.ts';
import type { OnnxNode } from '../../../../src/onnx/model.ts';
import { dataTypes } from '../../../../src/onnx/schema.ts';
import { type Given, initializer, list, nodeOf } from '../../../graph/import/foreign-node.ts';

const x = { type: 'float32', shape: [1], numbers: Float32Array.of(2) } as const;

const modelOf = (nodes: readonly OnnxNode[], constants: Readonly<Record<string, Given>> = {}): Uint8Array =>
  encodeModel(
    newModel({
      name: 'foreign',
      nodes,
      initializers: Object.entries(constants).map(([name, given]) => initializer(name, given)),
      inputs: [{ name: 'x', elementType: dataTypes.float32, shape: [1] }],
      outputs: [{ name: 'y', elementType: dataTypes.float32, shape: [] }],
      sparseInitializers: 0,
    }),
  );

/** Expands x to so many numbers and adds them up. */
const sumOf = (count: number) =>
  modelOf(
    [nodeOf('Expand', ['x', 'shape'], ['wide']), nodeOf('ReduceSum', ['wide'], ['y'], { keepdims: 0 })],
    { shape: list(count) },
  );

it('runs a model for each of its inputs', async () => {
  const three = { ...x, numbers: Float32Array.of(3) };
  const answers = await createRunApart()(sumOf(5), [{ x }, { x: three }], ['y']);
  expect(answers.map(({ y }) => y?.numbers[0])).toEqual([10, 15]);
});

it('runs a model of many megabytes', async () => {
  const numbers = Array.from({ length: 2 ** 21 }, (_, i) => i % 3);
  const large = modelOf(
    [nodeOf('Add', ['x', 'w'], ['sum']), nodeOf('ReduceSum', ['sum'], ['y'], { keepdims: 0 })],
    { w: { shape: [numbers.length], numbers } },
  );
  const [answer] = await createRunApart()(large, [{ x }], ['y']);
  expect(answer?.y?.numbers[0]).toBe(numbers.reduce((sum, each) => sum + each + 2, 0));
});

it('says what the runtime refuses', async () => {
  const run = createRunApart()(modelOf([nodeOf('NoSuchOperator', ['x'], ['y'])]), [{ x }], ['y']);
  await expect(run).rejects.toMatchObject({
    code: 'invalid_package',
    message: expect.stringMatching(/expected one that ONNX Runtime runs, got: .*NoSuchOperator/),
  });
});

it('ends a model that takes too long', async () => {
  const squares = Array.from({ length: 2000 }, (_, i) => nodeOf('MatMul', [`m${i}`, `m${i}`], [`m${i + 1}`]));
  const slow = modelOf(
    [
      nodeOf('Expand', ['x', 'shape'], ['m0']),
      ...squares,
      nodeOf('ReduceSum', ['m2000'], ['y'], { keepdims: 0 }),
    ],
    { shape: list(2000, 2000) },
  );
  await expect(createRunApart({ timeoutMs: 3000 })(slow, [{ x }], ['y'])).rejects.toThrow(
    'ONNX model: expected one that runs within 3 s, got one that takes longer',
  );
});

it('ends a model that takes too much memory', async () => {
  const run = createRunApart({ spareBytes: 2 ** 29 })(sumOf(2 ** 29), [{ x }], ['y']);
  await expect(run).rejects.toThrow(
    /expected one that runs within 512 MiB of memory, got one that needs more/,
  );
});

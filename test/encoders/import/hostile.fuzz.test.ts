import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { importModel } from '../../../src/encoders/import/import-model.ts';
import { InnerloopError } from '../../../src/errors.ts';
import { encodeModel } from '../../../src/onnx/encode.ts';
import type { OnnxNode } from '../../../src/onnx/model.ts';
import { type Given, nodeOf } from '../../graph/import/foreign-node.ts';
import { fuzz } from '../../support/fuzz.ts';
import { modelOf } from './hostile-models.ts';
import { optionsOf } from './import-options.ts';

const MAX_BYTES = 2 ** 22;

/** Sizes, axes, bounds and counts as a file would have them, and as none should. */
const size = fc.oneof(
  { arbitrary: fc.integer({ min: -2, max: 9 }), weight: 4 },
  { arbitrary: fc.constantFrom(2 ** 10, 2 ** 16, 2 ** 20, 2 ** 24, 2 ** 31, 2 ** 40, 2 ** 50), weight: 1 },
  { arbitrary: fc.constantFrom(-(2 ** 31), -(2 ** 62), 2 ** 53, 2 ** 62), weight: 1 },
);
const list = fc
  .oneof(
    { arbitrary: fc.array(size, { maxLength: 4 }), weight: 12 },
    { arbitrary: fc.array(fc.constantFrom(0, 1), { minLength: 300, maxLength: 1000 }), weight: 1 },
  )
  .map((numbers): Given => ({ shape: [numbers.length], numbers, type: 'int64' }));
const scalar = size.map((number): Given => ({ shape: [], numbers: [number], type: 'int64' }));
const real = fc
  .constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 3.4e38)
  .map((number): Given => ({ shape: [1], numbers: [number] }));

const OPERATORS = [
  ...(['Concat', 'Slice', 'Reshape', 'Unsqueeze', 'Squeeze', 'Transpose', 'Expand', 'Tile', 'Pad'] as const),
  ...(['Range', 'ConstantOfShape', 'OneHot', 'Trilu', 'NonZero', 'CumSum', 'Gather', 'Split'] as const),
  ...(['ScatterND', 'GatherND', 'GatherElements', 'EyeLike', 'Resize', 'Einsum', 'Flatten'] as const),
  ...(['Add', 'Mul', 'Div', 'Pow', 'Sum', 'Max', 'Where', 'Cast', 'ReduceSum', 'ReduceProd'] as const),
  ...(['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool', 'LRN', 'MatMul', 'Gemm', 'Softmax'] as const),
  ...(['BatchNormalization', 'DepthToSpace', 'SpaceToDepth', 'DequantizeLinear'] as const),
];

/** A node over what the nodes before it have made, `x` and constants. Its operands are places in the list of these. */
const step = fc.record({
  op: fc.constantFrom(...OPERATORS),
  operands: fc.oneof(
    { arbitrary: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), weight: 12 },
    { arbitrary: fc.array(fc.nat(3), { minLength: 200, maxLength: 2000 }), weight: 1 },
  ),
  outputs: fc.constantFrom(1, 1, 1, 2, 40),
  attributes: fc.dictionary(
    fc.constantFrom(
      ...['axis', 'axes', 'perm', 'allowzero', 'keepdims', 'upper', 'batch_dims', 'group', 'strides'],
      ...[
        'pads',
        'kernel_shape',
        'dilations',
        'mode',
        'equation',
        'to',
        'size',
        'blocksize',
        'starts',
        'ends',
      ],
      ...['output_padding', 'sizes', 'k', 'num_outputs', 'dtype'],
    ),
    fc.oneof(
      size.filter(Number.isSafeInteger),
      fc.array(size.filter(Number.isSafeInteger), { maxLength: 4 }),
      fc.constantFrom(
        'edge',
        'reflect',
        'wrap',
        'linear',
        'cubic',
        'nearest',
        'ij,jk->ik',
        'ii->i',
        '...a->...',
      ),
    ),
    { maxKeys: 3 },
  ),
});

function modelOfSteps(
  constants: readonly Given[],
  steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
) {
  const names = ['x', ...constants.map((_, i) => `c${i}`)];
  const nodes = steps.map(({ op, operands, outputs, attributes }, i): OnnxNode => {
    const inputs = operands.map((place) => names[names.length - 1 - (place % names.length)] ?? 'x');
    const made = Array.from({ length: outputs }, (_, j) => `t${i}_${j}`);
    names.push(made[0] ?? '');
    return { ...nodeOf(op, inputs, made, attributes), name: '' };
  });
  const last = nodeOf('Sum', ['x', names.at(-1) ?? 'x'], ['y']);
  return modelOf([...nodes, last], Object.fromEntries(constants.map((each, i) => [`c${i}`, each])));
}

const ran = new InnerloopError('invalid_package', 'expected no runtime here');

it('reads or refuses graphs of any operators over any sizes, in little time and memory', async () => {
  let [read, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(list, scalar, real), { minLength: 1, maxLength: 6 }),
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(1, 1, 1, 30),
      async (constants, steps, times) => {
        const bytes = encodeModel(modelOfSteps(constants, Array(times).fill(steps).flat()));
        const [started, before] = [performance.now(), process.memoryUsage()];
        const options = optionsOf('image', { maxBytes: MAX_BYTES });
        const error = await importModel(bytes, options, () => Promise.reject(ran)).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (!(error instanceof InnerloopError)) throw error;
        assert.equal(error.code, 'invalid_package');
        assert.ok(error.message.length < 1500, error.message);
        if (error.message.includes(ran.message)) read += 1;
        else refused += 1;
        assert.ok(performance.now() - started < 5000, 'little time');
        assert.ok(process.memoryUsage().arrayBuffers - before.arrayBuffers < 32 * MAX_BYTES, 'little memory');
      },
    ),
    fuzz(3000),
  );
  expect(Math.min(read, refused)).toBeGreaterThan(100);
});

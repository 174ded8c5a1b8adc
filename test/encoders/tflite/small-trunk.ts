import { type OperatorDraft, type TensorDraft, writeTflite } from './write-tflite.ts';

/** Numbers from −1 to 1 that look random. */
export function values(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin((i + 1) * 12.9898 + seed * 78.233));
}

const bytesOf = (data: Float32Array) => new Uint8Array(data.buffer);
const constant = (name: string, shape: readonly number[], seed: number): TensorDraft => ({
  name,
  shape,
  bytes: bytesOf(
    values(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
  ),
});

const convolution = { bytes: [0, 3] } as const;
const depthwise = { bytes: [0, 4] } as const;

export const tensors: readonly TensorDraft[] = [
  { name: 'image', shape: [1, 9, 9, 3] },
  constant('kernel', [4, 3, 3, 3], 1),
  constant('bias', [4], 2),
  { name: 'first', shape: [1, 5, 5, 4] },
  constant('depthwise kernel', [1, 3, 3, 4], 3),
  constant('depthwise bias', [4], 4),
  { name: 'second', shape: [1, 5, 5, 4] },
  { name: 'sum', shape: [1, 5, 5, 4] },
  { name: 'boxes', shape: [1, 5, 5, 4] },
];

/** A convolution of stride 2 with RELU6, a depthwise one, a residual sum, and a softmax that no tap needs. */
export const operators: readonly OperatorDraft[] = [
  { op: 'CONV_2D', inputs: [0, 1, 2], outputs: [3], options: { 1: 2, 2: 2, 3: 3 }, ...convolution },
  { op: 'DEPTHWISE_CONV_2D', inputs: [3, 4, 5], outputs: [6], options: { 1: 1, 2: 1, 3: 1 }, ...depthwise },
  { op: 'SOFTMAX', inputs: [3], outputs: [8] },
  { op: 'ADD', inputs: [6, 3], outputs: [7] },
];

export function smallTrunk(
  changedTensors: readonly TensorDraft[] = tensors,
  changedOperators: readonly OperatorDraft[] = operators,
): Uint8Array {
  return writeTflite(changedTensors, changedOperators, [[0], [7]]);
}

/** Weights of 8 bits with a scale for each channel, biases of 32 bits, and a picture that is quantised first. */
export const quantisedTensors: readonly TensorDraft[] = [
  { name: 'image', shape: [1, 9, 9, 3], type: 'uint8' },
  quantised('kernel', [4, 3, 3, 3], 'int8', {
    scales: [0.005, 0.02, 0.003, 0.01],
    zeros: [0, 0, 0, 0],
    axis: 0,
  }),
  quantised('bias', [4], 'int32', { scales: [0.01, 0.02, 0.03, 0.04], zeros: [0, 0, 0, 0], axis: 0 }),
  { name: 'first', shape: [1, 5, 5, 4], type: 'int8' },
  quantised('depthwise kernel', [1, 3, 3, 4], 'int8', {
    scales: [0.001, 0.002, 0.003, 0.004],
    zeros: [0, 1, 0, -2],
    axis: 3,
  }),
  quantised('depthwise bias', [4], 'int32', { scales: [0.01], zeros: [1], axis: 0 }),
  { name: 'second', shape: [1, 5, 5, 4], type: 'int8' },
  { name: 'sum', shape: [1, 5, 5, 4], type: 'int8' },
  { name: 'quantised image', shape: [1, 9, 9, 3], type: 'int8' },
];

function quantised(
  name: string,
  shape: readonly number[],
  type: 'int8' | 'int32',
  quantization: NonNullable<TensorDraft['quantization']>,
): TensorDraft {
  const numbers = Array.from(
    values(
      shape.reduce((a, b) => a * b, 1),
      name.length,
    ),
    (x) => Math.round(100 * x),
  );
  const stored = type === 'int8' ? Int8Array.from(numbers) : Int32Array.from(numbers);
  return { name, shape, type, bytes: new Uint8Array(stored.buffer), quantization };
}

/** As `smallTrunk`, quantised, without the softmax. Operator 3 is the sum. */
export function quantisedTrunk(changed: readonly TensorDraft[] = quantisedTensors): Uint8Array {
  const [first, second, , sum] = operators;
  if (!first || !second || !sum) throw new Error('Expected four operators');
  const quantise: OperatorDraft = { op: 'QUANTIZE', inputs: [0], outputs: [8] };
  return writeTflite(changed, [quantise, { ...first, inputs: [8, 1, 2] }, second, sum], [[0], [7]]);
}

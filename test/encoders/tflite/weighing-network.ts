import { values } from './small-trunk.ts';
import { type OperatorDraft, type TensorDraft, writeTflite } from './write-tflite.ts';

const bytesOf = (data: Float32Array | Int32Array) => new Uint8Array(data.buffer);
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Tensors by name, in the order in which they are first named. */
function drafts() {
  const all: TensorDraft[] = [];
  const add = (draft: TensorDraft) => all.push(draft) - 1;
  return {
    all,
    plane: (name: string, ...shape: readonly number[]) => add({ name, shape }),
    weights: (name: string, ...shape: readonly number[]) =>
      add({ name, shape, bytes: bytesOf(values(sizeOf(shape), all.length)) }),
    /** Weights of 8 bits beside numbers of float32. */
    bytes: (name: string, ...shape: readonly number[]) =>
      add({
        name,
        shape,
        type: 'int8',
        bytes: new Uint8Array(Int8Array.from(values(sizeOf(shape), all.length), (x) => 100 * x).buffer),
        quantization: { scales: [0.01], zeros: [0], axis: 0 },
      }),
    numbers: (name: string, ...numbers: readonly number[]) =>
      add({ name, shape: [numbers.length], type: 'int32', bytes: bytesOf(Int32Array.from(numbers)) }),
  };
}

/**
 * The parts of MobileNetV3: pixels scaled, a convolution with hard-swish, channels that are weighed by a mean over the picture,
 * two branches joined, and a head. Operator 13 joins 10 planes, of which the features are the means.
 */
export function weighingNetwork(): Uint8Array {
  const t = drafts();
  const image = t.plane('image', 1, 9, 9, 3);
  const scaled = t.plane('scaled', 1, 9, 9, 3);
  const shifted = t.plane('shifted', 1, 9, 9, 3);
  const first = t.plane('first', 1, 5, 5, 6);
  const swished = t.plane('swished', 1, 5, 5, 6);
  const mean = t.plane('mean', 1, 6);
  const squeezed = t.plane('squeezed', 1, 2);
  const gate = t.plane('gate', 1, 6);
  const sigmoid = t.plane('sigmoid', 1, 6);
  const pixel = t.plane('pixel', 1, 1, 1, 6);
  const weighed = t.plane('weighed', 1, 5, 5, 6);
  const pooled = t.plane('pooled', 1, 3, 3, 6);
  const other = t.plane('other', 1, 3, 3, 4);
  const bent = t.plane('bent', 1, 3, 3, 6);
  const joined = t.plane('joined', 1, 3, 3, 10);
  const features = t.plane('features', 1, 10);
  const logits = t.plane('logits', 1, 5);
  const probabilities = t.plane('probabilities', 1, 5);
  const axes = t.numbers('axes', 1, 2);
  const convolution = { bytes: [0, 3] } as const;
  const operators: readonly OperatorDraft[] = [
    { op: 'MUL', inputs: [image, t.weights('factor', 1)], outputs: [scaled] },
    { op: 'SUB', inputs: [scaled, t.weights('means', 1, 1, 1, 3)], outputs: [shifted] },
    {
      op: 'CONV_2D',
      inputs: [shifted, t.bytes('kernel', 6, 3, 3, 3), t.weights('bias', 6)],
      outputs: [first],
      options: { 1: 2, 2: 2 },
      ...convolution,
    },
    { op: 'HARD_SWISH', inputs: [first], outputs: [swished] },
    { op: 'MEAN', inputs: [swished, axes], outputs: [mean] },
    {
      op: 'FULLY_CONNECTED',
      inputs: [mean, t.bytes('squeeze', 2, 6), t.weights('squeeze bias', 2)],
      outputs: [squeezed],
      options: { 0: 1 },
      bytes: [0],
    },
    { op: 'FULLY_CONNECTED', inputs: [squeezed, t.weights('excite', 6, 2), -1], outputs: [gate] },
    { op: 'LOGISTIC', inputs: [gate], outputs: [sigmoid] },
    { op: 'RESHAPE', inputs: [sigmoid], outputs: [pixel] },
    { op: 'MUL', inputs: [swished, pixel], outputs: [weighed] },
    {
      op: 'AVERAGE_POOL_2D',
      inputs: [weighed],
      outputs: [pooled],
      options: { 1: 2, 2: 2, 3: 3, 4: 3 },
      bytes: [0, 5],
    },
    {
      op: 'CONV_2D',
      inputs: [pooled, t.weights('narrow', 4, 1, 1, 6), t.weights('narrow bias', 4)],
      outputs: [other],
      options: { 1: 1, 2: 1, 3: 3 },
      ...convolution,
    },
    { op: 'RELU', inputs: [pooled], outputs: [bent] },
    { op: 'CONCATENATION', inputs: [bent, other], outputs: [joined], options: { 0: 3 } },
    { op: 'MEAN', inputs: [joined, axes], outputs: [features] },
    { op: 'FULLY_CONNECTED', inputs: [features, t.weights('classes', 5, 10), -1], outputs: [logits] },
    { op: 'SOFTMAX', inputs: [logits], outputs: [probabilities] },
  ];
  return writeTflite(t.all, operators, [[image], [probabilities]]);
}

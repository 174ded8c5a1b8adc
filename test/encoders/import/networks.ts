import type { OnnxValueInfo } from '../../../src/onnx/model.ts';
import { dataTypes } from '../../../src/onnx/schema.ts';

import { Builder, type ForeignNetwork } from './network-builder.ts';

const float = (name: string, ...shape: OnnxValueInfo['shape']): OnnxValueInfo => ({
  name,
  elementType: dataTypes.float32,
  shape,
});
const int64 = (name: string, ...shape: OnnxValueInfo['shape']): OnnxValueInfo => ({
  name,
  elementType: dataTypes.int64,
  shape,
});

/** A convolution, a residual block with batch norms, and a classifier. */
export function residualNetwork(): ForeignNetwork {
  const b = new Builder(1);
  const pads = { pads: [1, 1, 1, 1] };
  const stem = b.node('Relu', [
    b.batchNorm(b.node('Conv', ['image', b.weights(6, 3, 3, 3)], { ...pads, strides: [2, 2] }), 6),
  ]);
  const pool = b.node('MaxPool', [stem], { kernel_shape: [2, 2], strides: [2, 2] });
  const inner = b.node('Relu', [b.batchNorm(b.node('Conv', [pool, b.weights(6, 6, 3, 3)], pads), 6)]);
  const outer = b.batchNorm(b.node('Conv', [inner, b.weights(6, 6, 3, 3)], pads), 6);
  const sum = b.node('Relu', [b.node('Add', [pool, outer])]);
  const flat = b.node('Flatten', [b.node('GlobalAveragePool', [sum])], { axis: 1 }, 'pooled');
  b.node('Gemm', [flat, b.weights(5, 6), b.weights(5)], { transB: 1 }, 'logits');
  const bytes = b.finish([float('image', 'batch', 3, 16, 16)], [float('logits', 'batch', 5)], 13);
  return { kind: 'image', bytes, tap: 'pooled', features: 6 };
}

/** Expand, filter each channel, weigh channels, project: MobileNetV3's block. A softmax at the end. */
export function invertedResidual(): ForeignNetwork {
  const b = new Builder(2);
  const stem = b.node('Clip', [
    b.node('Conv', ['x', b.weights(4, 3, 3, 3)], { strides: [2, 2], pads: [1, 1, 1, 1] }),
    b.scalar(0),
    b.scalar(6),
  ]);
  const wide = b.node('HardSwish', [b.batchNorm(b.node('Conv', [stem, b.weights(12, 4, 1, 1)]), 12)]);
  const each = b.node('HardSwish', [
    b.batchNorm(b.node('Conv', [wide, b.weights(12, 1, 3, 3)], { group: 12, pads: [1, 1, 1, 1] }), 12),
  ]);
  const squeezed = b.node('Relu', [
    b.node('Conv', [b.node('GlobalAveragePool', [each]), b.weights(3, 12, 1, 1), b.weights(3)]),
  ]);
  const gate = b.node('HardSigmoid', [b.node('Conv', [squeezed, b.weights(12, 3, 1, 1), b.weights(12)])]);
  const narrow = b.batchNorm(b.node('Conv', [b.node('Mul', [each, gate]), b.weights(4, 12, 1, 1)]), 4);
  const sum = b.node('Add', [stem, narrow], {}, 'block');
  const classes = b.node('Conv', [sum, b.weights(7, 4, 1, 1), b.weights(7)]);
  const flat = b.node('Flatten', [b.node('GlobalAveragePool', [classes])], { axis: 1 });
  b.node('Softmax', [flat], { axis: 1 }, 'probabilities');
  const bytes = b.finish([float('x', 1, 3, 12, 12)], [float('probabilities', 1, 7)], 14);
  return { kind: 'image', bytes, tap: 'block', features: 4 };
}

/** Patches, a class token, positions, one block. The network takes the class token itself. */
export function visionTransformer(): ForeignNetwork {
  const [b, size] = [new Builder(3), 8];
  const patches = b.node('Conv', ['pixels', b.weights(size, 3, 4, 4), b.weights(size)], { strides: [4, 4] });
  const target = b.node('Concat', [b.dimension(patches, 0), b.ints(size, -1)], { axis: 0 });
  const tokens = b.node('Transpose', [b.node('Reshape', [patches, target])], { perm: [0, 2, 1] });
  const repeats = b.node('Concat', [b.dimension(patches, 0), b.ints(1, size)], { axis: 0 });
  const classToken = b.node('Expand', [b.weights(1, 1, size), repeats]);
  const all = b.node('Add', [b.node('Concat', [classToken, tokens], { axis: 1 }), b.weights(1, 10, size)]);
  const last = b.node('Identity', [b.layerNorm(b.block(all, size), size)], {}, 'tokens');
  b.node('Gather', [last, b.int(0)], { axis: 1 }, 'features');
  const bytes = b.finish([float('pixels', 'batch', 3, 12, 12)], [float('features', 'batch', size)], 17);
  return { kind: 'image', bytes, tap: 'features', features: size };
}

/** Embeddings of ids, positions and types, a mask of attention, one block: tokens [batch, tokens, size]. */
export function textTransformer(vocabulary = 50): ForeignNetwork {
  const [b, size] = [new Builder(4), 8];
  const words = b.node('Gather', [b.weights(vocabulary, size), 'input_ids'], { axis: 0 });
  const types = b.node('Gather', [b.weights(2, size), 'token_type_ids'], { axis: 0 });
  const all = b.ints(...Array.from({ length: 24 }, (_, i) => i));
  const positions = b.node('Slice', [all, b.ints(0), b.dimension('input_ids', 1), b.ints(0)]);
  const places = b.node('Gather', [b.weights(24, size), positions], { axis: 0 });
  const sum = b.layerNorm(b.node('Add', [b.node('Add', [words, types]), places]), size);
  const wide = b.node('Cast', [b.node('Unsqueeze', ['attention_mask', b.ints(1, 2)])], { to: 1 });
  const mask = b.node('Mul', [b.node('Sub', [b.scalar(1), wide]), b.scalar(-10_000)]);
  b.node('Identity', [b.block(sum, size, mask)], {}, 'last_hidden_state');
  const names = ['input_ids', 'attention_mask', 'token_type_ids'];
  const bytes = b.finish(
    names.map((name) => int64(name, 'batch', 'sequence')),
    [float('last_hidden_state', 'batch', 'sequence', size)],
    17,
  );
  return { kind: 'text', bytes, tap: 'last_hidden_state', features: size };
}

/** Convolutions over samples, whose result has channels first. */
export function soundNetwork(
  ending = (b: Builder, x: string) => b.node('Relu', [x], {}, 'sound'),
): ForeignNetwork {
  const b = new Builder(5);
  const first = b.node('Relu', [
    b.batchNorm(b.node('Conv', ['samples', b.weights(6, 1, 9)], { strides: [4] }), 6),
  ]);
  const pool = b.node('MaxPool', [first], { kernel_shape: [4], strides: [4] });
  ending(b, b.node('Conv', [pool, b.weights(8, 6, 3), b.weights(8)], { pads: [1, 1] }));
  const bytes = b.finish([float('samples', 'batch', 1, 400)], [float('sound', 'batch', 8, 24)], 13);
  return { kind: 'audio', bytes, tap: 'sound', features: 8 };
}

/** Numbers in, numbers out, at opset 7. */
export function perceptron(): ForeignNetwork {
  const b = new Builder(6);
  const hidden = b.node('Relu', [b.node('Gemm', ['numbers', b.weights(9, 12), b.weights(12)])], {}, 'hidden');
  b.node('Softmax', [b.node('Gemm', [hidden, b.weights(12, 4), b.weights(4)])], {}, 'classes');
  const bytes = b.finish([float('numbers', 1, 9)], [float('classes', 1, 4)], 7);
  return { kind: 'vector', bytes, tap: 'hidden', features: 12 };
}

export const networks: Readonly<Record<string, () => ForeignNetwork>> = {
  'a residual network with batch norms': residualNetwork,
  'an inverted residual with weighed channels': invertedResidual,
  'a vision transformer': visionTransformer,
  'a transformer of texts': textTransformer,
  'a network of sounds': soundNetwork,
  'a perceptron of opset 7': perceptron,
};

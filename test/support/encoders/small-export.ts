import { encodeModel, newModel } from '../../../src/onnx/encode.ts';
import { dataTypes } from '../../../src/onnx/schema.ts';
import { createRandom } from '../../../src/training/random.ts';
import { initializer, nodeOf } from '../../graph/import/foreign-node.ts';

/** Three convolutions and a classifier, as PyTorch writes them, with random weights. */
export function smallExport(seed = 5): Uint8Array {
  const random = createRandom(seed);
  const weight = (name: string, ...shape: readonly number[]) => {
    const fan = shape.slice(1).reduce((a, b) => a * b, 1);
    const length = fan * (shape[0] ?? 1);
    const numbers = Array.from({ length }, () =>
      Math.fround(random.normal() * (shape.length > 1 ? Math.sqrt(2 / fan) : 0.1)),
    );
    return initializer(name, { shape, numbers });
  };
  const conv = (layer: string, x: string, stride: number) => [
    nodeOf('Conv', [x, `${layer}.weight`, `${layer}.bias`], [`/${layer}/Conv_output`], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      strides: [stride, stride],
    }),
    nodeOf('Relu', [`/${layer}/Conv_output`], [`/${layer}/Relu_output`]),
  ];
  return encodeModel({
    ...newModel({
      name: 'main_graph',
      nodes: [
        ...conv('conv1', 'input', 1),
        ...conv('conv2', '/conv1/Relu_output', 2),
        ...conv('conv3', '/conv2/Relu_output', 1),
        nodeOf('GlobalAveragePool', ['/conv3/Relu_output'], ['/pool/output']),
        nodeOf('Flatten', ['/pool/output'], ['/flatten/output'], { axis: 1 }),
        nodeOf('Gemm', ['/flatten/output', 'fc.weight', 'fc.bias'], ['logits'], { transB: 1 }),
      ],
      initializers: [
        weight('conv1.weight', 12, 3, 3, 3),
        weight('conv1.bias', 12),
        weight('conv2.weight', 16, 12, 3, 3),
        weight('conv2.bias', 16),
        weight('conv3.weight', 32, 16, 3, 3),
        weight('conv3.bias', 32),
        weight('fc.weight', 10, 32),
        weight('fc.bias', 10),
      ],
      inputs: [{ name: 'input', elementType: dataTypes.float32, shape: ['batch', 3, 16, 16] }],
      outputs: [{ name: 'logits', elementType: dataTypes.float32, shape: ['batch', 10] }],
      sparseInitializers: 0,
    }),
    opsets: [{ domain: '', version: 17 }],
  });
}

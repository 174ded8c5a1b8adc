import { describe, expect, it } from 'vitest';
import { tapOf } from '../../../src/encoders/import/find-features.ts';
import { newModel } from '../../../src/onnx/encode.ts';
import { initializer, nodeOf } from '../../graph/import/foreign-node.ts';

/** x → logits (a product with a bias) and, beside it, the product `other`. */
function twoHeads(other: string) {
  const info = (name: string) => ({ name, elementType: 1, shape: [1, 3] });
  const square = { shape: [3, 3], numbers: Array(9).fill(0.5) };
  return newModel({
    name: 'heads',
    nodes: [
      nodeOf('Relu', ['x'], ['before']),
      nodeOf('Gemm', ['before', 'w', 'b'], ['logits']),
      nodeOf('MatMul', ['before', 'v'], [other]),
    ],
    initializers: [
      initializer('w', square),
      initializer('v', square),
      initializer('b', { shape: [3], numbers: [1, 2, 3] }),
    ],
    inputs: [info('x')],
    outputs: [info('logits'), info(other)],
    sparseInitializers: 0,
  });
}

describe('the features of a model with several outputs', () => {
  it.each(['image_embeds', 'sentence_embedding', 'pooler_output', 'embedding', 'embeddings'])(
    'are the output %s, before a classifier',
    (name) => {
      expect(tapOf(twoHeads(name))).toEqual({ tensor: name, reason: 'output of the model' });
    },
  );

  it('are what the classifier reads, if no name says more', () => {
    expect(tapOf(twoHeads('embeddings_of_pixels'))).toMatchObject({ tensor: 'before' });
  });
});

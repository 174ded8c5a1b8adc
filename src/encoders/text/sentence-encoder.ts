import type { OnnxBuilder } from '../onnx-builder.ts';
import type { Weight } from '../tfjs/weights.ts';

export const SENTENCE_FEATURES = 512;
export const MAX_TOKENS = 128;
const HEADS = 4;

const ENCODE = 'Encoder_en/KonaTransformer/Encode/';
const CONCAT = 'ConcatPartitions/concat';

/**
 * Universal Sentence Encoder Lite: two transformer layers over pieces, their mean, a dense layer with tanh, and division
 * by the length.
 *
 *     ids [B, T], mask [B, T] → [B, 512]
 *
 * Padding, where the mask is 0, changes nothing: attention and mean leave it out.
 *
 * @param weight A weight of the TensorFlow.js model by name.
 * @see Cer et al., Universal Sentence Encoder, 2018, https://arxiv.org/abs/1803.11175. Each layer normalises before its
 * blocks, not after them; the first also widens 256 features to 512.
 */
export function sentenceEncoder(
  b: OnnxBuilder,
  weight: (name: string) => Weight,
  ids: string,
  mask: string,
): string {
  /** The weight as a constant. Kernels of 1×1 convolutions are matrices: [1, 1, in, out] → [in, out]. */
  const constant = (name: string) => {
    const { shape, values } = weight(name);
    return b.floats(name, shape.length === 4 ? shape.slice(2) : shape, values);
  };
  const applied = (name: string) => constant(`module_apply_default/${name}`);
  const dense = (x: string, kernel: string, bias: string) =>
    b.node('Add', [b.node('MatMul', [x, kernel]), bias]);
  const normalise = (x: string, at: string) =>
    b.node('LayerNormalization', [x, applied(`${at}scale/${CONCAT}`), applied(`${at}bias/${CONCAT}`)], {
      axis: -1,
      epsilon: { float: 1e-6 },
    });
  const transform = (x: string, at: string) =>
    dense(
      x,
      constant(`module/${ENCODE}${at}_single/kernel/part_0`),
      applied(`${ENCODE}${at}_single/bias/${CONCAT}`),
    );

  const table = constant('module/Embeddings_en');
  const pieces = b.node('Gather', [table, b.node('Cast', [ids], { to: 7 })], { axis: 0 });
  // The original adds the pieces twice: once with the positions, and once more as a residual.
  const embedded = b.node('Add', [b.node('Add', [pieces, pieces]), positions()]);
  /** [B, 1, 1, T]: 0 for pieces, −10⁹ for padding. */
  const ignorePadding = b.node('Mul', [
    b.node('Unsqueeze', [b.node('Sub', [mask, b.scalar(1)]), b.ints(1, 2)]),
    b.scalar(1e9),
  ]);

  /** [T, 256]: the sines, then the cosines of 128 frequencies times the position. */
  function positions(): string {
    const { values } = weight(
      `module_apply_default/${ENCODE}TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`,
    );
    const rows = Array.from({ length: MAX_TOKENS }, (_, at) => {
      const angles = Array.from(values, (frequency) => Math.fround(at * frequency));
      return [...angles.map(Math.sin), ...angles.map(Math.cos)];
    });
    const all = b.floats('positions', [MAX_TOKENS, 2 * values.length], Float32Array.from(rows.flat()));
    return b.node('Slice', [all, b.ints(0), b.node('Shape', [ids], { start: 1, end: 2 })]);
  }

  function attention(x: string, at: string): string {
    const width = (weight(`module/${ENCODE}${at}qkv_transform_single/kernel/part_0`).shape[3] ?? 0) / 3;
    const heads = (part: string, perm: readonly number[]) =>
      b.node('Transpose', [b.node('Reshape', [part, b.ints(0, 0, HEADS, width / HEADS)])], { perm });
    const [q = '', k = '', v = ''] = b.split(transform(x, `${at}qkv_transform`), [width, width, width], 2);
    const scaled = b.node('Mul', [heads(q, [0, 2, 1, 3]), b.scalar(Math.sqrt(HEADS / width))]);
    const logits = b.node('Add', [b.node('MatMul', [scaled, heads(k, [0, 2, 3, 1])]), ignorePadding]);
    const read = b.node('MatMul', [b.node('Softmax', [logits], { axis: -1 }), heads(v, [0, 2, 1, 3])]);
    const joined = b.node('Reshape', [
      b.node('Transpose', [read], { perm: [0, 2, 1, 3] }),
      b.ints(0, 0, width),
    ]);
    return transform(joined, `${at}output_transform`);
  }

  function feedForward(x: string, at: string): string {
    const kernel = (name: string) => applied(`${ENCODE}TransformerStack/${at}${name}/Tensordot/Reshape_1`);
    const bias = (name: string) => applied(`${ENCODE}${at}${name}/bias/${CONCAT}`);
    const hidden = b.node('Relu', [dense(x, kernel('conv1'), bias('conv1'))]);
    return dense(hidden, kernel('conv2'), bias('conv2'));
  }

  function layer(x: string, residual: string, number: 0 | 1): string {
    const at = `Layer_${number}/TransformerLayer/`;
    const norm = 'layer_prepostprocess/layer_norm/layer_norm_';
    const read = attention(normalise(x, `${ENCODE}${at}${norm}`), `${at}MultiheadAttention/`);
    const attended = b.node('Add', [read, residual]);
    const changed = feedForward(normalise(attended, `${ENCODE}${at}FFN/${norm}`), `${at}FFN/`);
    return b.node('Add', [changed, attended]);
  }

  const widen = `${ENCODE}Layer_0/TransformerLayer/dense/`;
  const widened = dense(embedded, applied(`${widen}kernel/${CONCAT}`), applied(`${widen}bias/${CONCAT}`));
  const first = layer(embedded, widened, 0);
  const second = layer(first, first, 1);

  const masked = b.node('Mul', [second, b.node('Unsqueeze', [mask, b.ints(2)])]);
  const sum = b.node('ReduceSum', [masked, b.ints(1)], { keepdims: 0 });
  const count = b.node('Max', [b.node('ReduceSum', [mask, b.ints(1)], { keepdims: 1 }), b.scalar(1)]);
  const last = 'Encoder_en/hidden_layers/tanh_layer_0/';
  const mean = b.node('Div', [sum, count]);
  const features = b.node('Tanh', [
    dense(mean, constant(`module/${last}weights`), constant(`module/${last}bias`)),
  ]);
  return b.node('Div', [features, b.node('ReduceL2', [features, b.ints(1)], { keepdims: 1 })]);
}

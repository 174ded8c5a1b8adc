import type { OperatorNode } from './operator-node.ts';
import { Unreadable } from './refusal.ts';

/** Attributes that do not change what we compute, or do so only in uses that are refused. */
const WITHOUT_EFFECT: Readonly<Record<string, readonly string[]>> = {
  // Shapes say how many heads there are. The others are about a second result, which is refused, and about precision.
  Attention: ['q_num_heads', 'kv_num_heads', 'qk_matmul_output_mode', 'softmax_precision'],
  // Without a mask there is nothing to fill. Rotation and a past are refused.
  'com.microsoft.Attention': ['mask_filter_value', 'rotary_embedding_dim', 'past_present_share_buffer'],
  'com.microsoft.MultiHeadAttention': ['mask_filter_value'],
  // The tables of angles say how many numbers turn, and x may have an axis of heads.
  RotaryEmbedding: ['num_heads', 'rotary_embedding_dim'],
  // ONNX Runtime gives the last two no effect on a batch of one example.
  'com.microsoft.RotaryEmbedding': ['num_heads', 'rotary_embedding_dim', 'scale', 'is_packed_batching'],
  // It states the shape of the second result.
  'com.microsoft.EmbedLayerNormalization': ['mask_index_type'],
  // Only training reads these.
  BatchNormalization: ['momentum'],
  Dropout: ['ratio', 'seed'],
  // For results that are floats of 8 bits, which are refused, and the precision of a quotient.
  Cast: ['saturate', 'round_mode'],
  CastLike: ['saturate', 'round_mode'],
  QuantizeLinear: ['saturate', 'precision'],
  // The precision of intermediate results.
  DequantizeLinear: ['output_dtype'],
  GroupNormalization: ['stash_type'],
  LayerNormalization: ['stash_type'],
  RMSNormalization: ['stash_type'],
  SimplifiedLayerNormalization: ['stash_type'],
  Range: ['stash_type'],
  // The order of places in a second result, which is refused.
  MaxPool: ['storage_order'],
  // What one mode, which is refused, puts around x.
  Resize: ['extrapolation_value'],
  // It only leaves the order open.
  TopK: ['sorted'],
};

/**
 * An attribute that a translation does not know may change the result.
 * @throws Unreadable for an attribute that was not asked for
 */
export function requireHeeded(node: OperatorNode): void {
  const harmless = WITHOUT_EFFECT[node.op] ?? [];
  // Attributes with such names are internal to a program: ONNX does not check them.
  const ignored = node.unreadAttributes.find((name) => !harmless.includes(name) && !name.startsWith('__'));
  if (ignored !== undefined)
    throw new Unreadable(`${node.label}: expected attributes that are known, got ${ignored}`);
}

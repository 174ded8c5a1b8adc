import {
  add,
  cast,
  concat,
  constant,
  div,
  equal,
  gather,
  layerNorm,
  less,
  mul,
  reduceSum,
  reshape,
  slice,
  softmax,
  swapLast,
  tanh,
  where,
} from '../../../ops/index.ts';
import type { Value } from '../../../value.ts';
import type { OperatorNode } from '../../operator-node.ts';
import { refuse, Unreadable } from '../../refusal.ts';
import { product } from '../linalg.ts';
import type { Translation, Translations } from '../translation.ts';
import { joined, sizesOf, split } from './heads.ts';
import { rotary } from './rotation.ts';

/** Attention and the embeddings around it, where a file has them as one operator. */

/** Queries, keys and values [batch, heads, tokens, size], and what is added to the products of the first two. */
interface Heads {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly scale: number;
  readonly bias: readonly Value[];
  readonly cap?: number;
}

/** softmax(q kᵀ · scale + bias) v. @see Vaswani et al. 2017, arXiv:1706.03762, equation 1 */
function attended({ query, key, value, scale, bias, cap = 0 }: Heads): Value {
  const products = mul(product(query, swapLast(key)), scale);
  const capped = cap > 0 ? mul(cap, tanh(div(products, cap))) : products;
  return product(softmax(bias.reduce<Value>(add, capped), -1), value);
}

/** A causal mask: 0 for the tokens up to `first` + i, which row i may read, and `LOWEST` for those after them. */
function causal(node: OperatorNode, rows: number, columns: number, first: number): Value {
  node.budget.take(4 * rows * columns, node.label);
  node.budget.visit(rows * columns, node.label);
  const data = Float32Array.from({ length: rows * columns }, (_, at) =>
    at % columns > Math.floor(at / columns) + first ? LOWEST : 0,
  );
  return constant({ shape: [rows, columns], data });
}

/** Close to the lowest float32, so that a sum with a mask stays finite. */
const LOWEST = -3e38;
const LOW = -10_000;

/** A mask as a bias: lengths [batch], or 1 and 0 [batch, tokens] or [batch, rows, tokens]. */
function maskBias(node: OperatorNode, i: number, tokens: number): Value {
  const mask = node.value(i);
  const [batch = 1] = sizesOf(mask);
  const low = node.float('mask_filter_value', LOW);
  if (mask.shape.length === 1 && batch === 1) {
    const data = BigInt64Array.from({ length: tokens }, (_, at) => BigInt(at));
    const isRead = less(constant({ shape: [1, 1, 1, tokens], data }), reshape(mask, [1, 1, 1, 1]));
    return where(isRead, 0, low);
  }
  if (mask.shape.at(-1) !== tokens || mask.shape.length > 3 || mask.shape.length < 2)
    throw new Unreadable(`${node.label}: expected a mask [batch, ${tokens}], got [${mask.shape}]`);
  const rows = mask.shape.length === 2 ? 1 : Number(mask.shape[1]);
  return where(equal(reshape(cast(mask, 'int64'), [batch, 1, rows, tokens]), 0), low, 0);
}

const withoutPast = (node: OperatorNode, ...operands: readonly number[]): void => {
  const past = operands.find((i) => node.has(i));
  if (past !== undefined || node.outputs > 1)
    throw new Unreadable(`${node.label}: expected attention without a past`);
};

/** Self-attention with the three projections inside. Operands: x, weights, bias, mask, past, attention bias. */
export const attention: Translation = (node) => {
  withoutPast(node, 4, 6);
  if (node.int('do_rotary', 0) === 1) throw new Unreadable(`${node.label}: expected no rotation inside`);
  const x = node.value(0);
  const [, tokens = 1] = sizesOf(x);
  const projected = product(x, node.value(1));
  const all = node.has(2) ? add(projected, node.value(2)) : projected;
  const width = Number(all.shape.at(-1));
  const sizes = node.ints('qkv_hidden_sizes') ?? [width / 3, width / 3, width / 3];
  if (sizes.length !== 3 || sizes.reduce((a, b) => a + b, 0) !== width)
    throw refuse(`three sizes of ${node.label} of ${width} in all`, `[${sizes}]`);
  const heads = node.int('num_heads', 1);
  let start = 0;
  const parts = sizes.map((size) => {
    const part = slice(all, [{ axis: 2, start, end: start + size }]);
    start += size;
    return split(part, heads, node.label);
  }) as [Value, Value, Value];
  const bias = [
    ...(node.has(3) ? [maskBias(node, 3, tokens)] : []),
    ...(node.int('unidirectional', 0) === 1 ? [causal(node, tokens, tokens, 0)] : []),
    ...(node.has(5) ? [node.value(5)] : []),
  ];
  return joined(attended({ ...named(parts), scale: scaleOf(node, parts[0]), bias }));
};

const named = ([query, key, value]: readonly [Value, Value, Value]) => ({ query, key, value });

const scaleOf = (node: OperatorNode, query: Value): number => {
  const given = node.float('scale', 0);
  return given === 0 ? 1 / Math.sqrt(Number(query.shape.at(-1))) : given;
};

/** Operands: query, key and value [batch, tokens, width], their bias, a mask of the keys, a bias of the products. */
export const multiHead: Translation = (node) => {
  withoutPast(node, 6, 7);
  const heads = node.int('num_heads', 1);
  const parts = [0, 1, 2].map((i) => node.value(i));
  if (parts.some(({ shape }) => shape.length !== 3))
    throw new Unreadable(`${node.label}: expected query, key and value [batch, tokens, width]`);
  let start = 0;
  const biased = parts.map((part) => {
    if (!node.has(3)) return part;
    const width = Number(part.shape[2]);
    const own = slice(node.value(3), [{ axis: 0, start, end: start + width }]);
    start += width;
    return add(part, own);
  });
  const [query, key, value] = biased.map((each) => split(each, heads, node.label)) as [Value, Value, Value];
  const [rows, tokens] = [Number(query.shape[2]), Number(key.shape[2])];
  const bias = [
    ...(node.has(4) ? [maskBias(node, 4, tokens)] : []),
    ...(node.int('unidirectional', 0) === 1 ? [causal(node, rows, tokens, tokens - rows)] : []),
    ...(node.has(5) ? [node.value(5)] : []),
  ];
  return joined(attended({ query, key, value, scale: scaleOf(node, query), bias }));
};

/** Words, positions and types: operands ids, types, three tables, scale and bias of the norm, mask, positions. */
export const embedded: Translation = (node) => {
  const ids = node.value(0);
  const [batch = 1, tokens = 1] = sizesOf(ids);
  const words = gather(node.value(2), cast(ids, 'int64'), 0);
  const positions = node.has(8)
    ? gather(node.value(3), cast(node.value(8), 'int64'), 0)
    : slice(node.value(3), [{ axis: 0, start: 0, end: tokens }]);
  const placed = add(words, positions);
  const sum =
    node.has(1) && node.has(4) ? add(placed, gather(node.value(4), cast(node.value(1), 'int64'), 0)) : placed;
  const y = layerNorm(sum, node.value(5), node.value(6), { epsilon: node.float('epsilon', 1e-12) });
  const count = node.has(7)
    ? reduceSum(cast(node.value(7), 'int64'), [1])
    : constant({ shape: [batch], data: new BigInt64Array(batch) });
  return [y, count, sum].slice(0, Math.max(1, node.outputs));
};

/** Keys and values that several queries share. */
function repeated(x: Value, heads: number): Value {
  const [batch = 1, own = 1, tokens = 1, size = 1] = sizesOf(x);
  if (own === heads) return x;
  const each = reshape(x, [batch, own, 1, tokens, size]);
  return reshape(concat(Array<Value>(heads / own).fill(each), 2), [batch, heads, tokens, size]);
}

/** Attention of opset 23. Its operands are query, key, value, and a mask of truth values or a bias. */
const standard: Translation = (node) => {
  withoutPast(node, 4, 5, 6);
  if (['left_window_size', 'right_window_size'].some((each) => node.int(each, -1) !== -1))
    throw new Unreadable(`${node.label}: expected attention without a window`);
  const [q, k, v] = [0, 1, 2].map((i) => node.value(i)) as [Value, Value, Value];
  const inHeads = (x: Value, attribute: string) =>
    x.shape.length === 4 ? x : split(x, node.int(attribute, 0), node.label);
  const query = inHeads(q, 'q_num_heads');
  const heads = Number(query.shape[1]);
  const [key, value] = [k, v].map((x) => repeated(inHeads(x, 'kv_num_heads'), heads)) as [Value, Value];
  const [rows, tokens] = [Number(query.shape[2]), Number(key.shape[2])];
  const mask = node.optional(3);
  const bias = [
    ...(mask ? [mask.dtype === 'bool' ? where(mask, 0, LOWEST) : mask] : []),
    ...(node.int('is_causal', 0) === 1 ? [causal(node, rows, tokens, 0)] : []),
  ];
  const cap = node.float('softcap', 0);
  const y = attended({ query, key, value, scale: scaleOf(node, query), bias, cap });
  return q.shape.length === 4 ? y : joined(y);
};

export const attentions: Translations = { Attention: standard, RotaryEmbedding: rotary };

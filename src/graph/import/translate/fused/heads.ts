import { reshape, transpose } from '../../../ops/index.ts';
import type { Value } from '../../../value.ts';
import { Unreadable } from '../../refusal.ts';

export const sizesOf = (x: Value): readonly number[] => x.shape.map(Number);

/** [batch, tokens, heads · size] → [batch, heads, tokens, size] */
export function split(x: Value, heads: number, what: string): Value {
  const [batch = 1, tokens = 1, width = 1] = sizesOf(x);
  if (x.shape.length !== 3 || heads < 1 || width % heads !== 0)
    throw new Unreadable(`${what}: expected [batch, tokens, ${heads} · size], got [${x.shape}]`);
  return transpose(reshape(x, [batch, tokens, heads, width / heads]), [0, 2, 1, 3]);
}

/** [batch, heads, tokens, size] → [batch, tokens, heads · size] */
export function joined(x: Value): Value {
  const [batch = 1, heads = 1, tokens = 1, size = 1] = sizesOf(x);
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, tokens, heads * size]);
}

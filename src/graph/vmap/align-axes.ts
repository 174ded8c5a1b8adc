import { concat, concatInts, ints, shapeOf } from '../ops/index.ts';
import { isOp, none, type Value, value } from '../value.ts';
import type { Operand } from './rule.ts';

/** `front`, then the dimensions in the int64 operand `target`, which may be constant or computed. */
export function prefixed(front: readonly number[], target: Value): Value {
  return concatInts([ints(front), ...(isOp(target, 'Concat') ? target.inputs : [target])]);
}

/**
 * The operand with axes of size 1 inserted behind the task axis, up to `rank` axes per task: [tasks, …s] → [tasks, 1…,
 * …s]. Broadcasting then aligns the task axes. A shared operand needs no change.
 */
export function aligned({ value: x, mapped }: Operand, rank: number): Value {
  const [tasks = 1, ...own] = x.shape;
  const missing = rank - own.length;
  if (!mapped || missing <= 0) return x;
  const ones = Array.from({ length: missing }, () => 1);
  const dims = [ints([0]), ints(ones), ...(own.length > 0 ? [shapeOrInts(x)] : [])];
  return value('Reshape', [x, concatInts(dims)], none, { shape: [tasks, ...ones, ...own] });
}

/** The dimensions of one task's part of x: a constant where they are static, else read at run time. */
function shapeOrInts(x: Value): Value {
  const own = x.shape.slice(1);
  const known = own.filter((dim): dim is number => typeof dim === 'number');
  return known.length === own.length ? ints(known) : shapeOf(x, 1);
}

/** The operand with a task axis of the same length as that of `like`. A shared operand is repeated. */
export function perTask({ value: x, mapped }: Operand, like: Value): Value {
  if (mapped) return x;
  const target = concat([shapeOf(like, 0, 1), ints(x.shape.map(() => 1))], 0);
  return value('Expand', [x, target], none);
}

import { pad, slice } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';

/** x [n, c, h, w] with `before` zeros before its rows and columns (cut if negative), extended or cut to `size`. */
export function padOrCut(x: Value, before: readonly [number, number], size: readonly number[]): Value {
  const axes = before.map((first, i) => {
    const [length, wanted] = [Number(x.shape[i + 2]), size[i] ?? 0];
    return { axis: i + 2, start: Math.max(0, -first), end: Math.min(length, wanted - first), first };
  });
  const cut = axes.filter(({ axis, start, end }) => start > 0 || end < Number(x.shape[axis]));
  const kept = cut.length > 0 ? slice(x, cut) : x;
  const begins = axes.map(({ first }) => Math.max(0, first));
  const ends = axes.map(({ start, end }, i) => (size[i] ?? 0) - (begins[i] ?? 0) - (end - start));
  return pad(kept, [0, 0, ...begins, 0, 0, ...ends]);
}

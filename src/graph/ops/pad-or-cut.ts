import type { Value } from '../value.ts';
import { pad, slice } from './movement.ts';

/**
 * x with `before` zeros before two neighbouring axes (cut if negative), each of them then extended with zeros or cut to
 * `size`. Both axes must be static.
 */
export function padOrCut(
  x: Value,
  before: readonly [number, number],
  size: readonly number[],
  firstAxis = 2,
): Value {
  const axes = before.map((first, i) => {
    const [length, wanted] = [Number(x.shape[i + firstAxis]), size[i] ?? 0];
    return { axis: i + firstAxis, start: Math.max(0, -first), end: Math.min(length, wanted - first), first };
  });
  if (axes.some(({ start, end }) => end <= start)) {
    // The part contains no element of x along an axis, so it is cut out of zeros.
    const room = axes.map(
      ({ first }, i) => Math.max(size[i] ?? 0, 1) + Math.abs(first) + Number(x.shape[i + firstAxis]),
    );
    const begins = axes.map(({ first }) => Math.max(0, first)) as [number, number];
    const wide = padOrCut(x, begins, room, firstAxis);
    return slice(
      wide,
      axes.map(({ axis, first }, i) => ({
        axis,
        start: Math.max(0, -first),
        end: Math.max(0, -first) + (size[i] ?? 0),
      })),
    );
  }
  const cut = axes.filter(({ axis, start, end }) => start > 0 || end < Number(x.shape[axis]));
  const kept = cut.length > 0 ? slice(x, cut) : x;
  const begins = x.shape.map((_, axis) => Math.max(0, axes.find((each) => each.axis === axis)?.first ?? 0));
  const ends = x.shape.map((_, axis) => {
    const found = axes.find((each) => each.axis === axis);
    if (!found) return 0;
    return (size[axis - firstAxis] ?? 0) - (begins[axis] ?? 0) - (found.end - found.start);
  });
  return pad(kept, [...begins, ...ends]);
}

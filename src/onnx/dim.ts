/**
 * One dimension: a size, or a symbol such as `N` whose size is known only at run time. Products of symbols and sizes
 * are symbols too, in a canonical form (`49*N`), so that equal dimensions are equal strings. Two different symbols
 * count as different sizes. A symbol never broadcasts as 1.
 */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** Product of dimensions: 1 for none; symbols sorted after their coefficient. */
export function productOf(dims: Shape): Dim {
  let coefficient = 1;
  const symbols: string[] = [];
  for (const dim of dims) {
    for (const factor of typeof dim === 'number' ? [dim] : dim.split('*')) {
      const size = Number(factor);
      if (Number.isInteger(size)) coefficient *= size;
      else symbols.push(String(factor));
    }
  }
  if (symbols.length === 0) return coefficient;
  symbols.sort();
  return (coefficient === 1 ? symbols : [coefficient, ...symbols]).join('*');
}

export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((dim) => typeof dim === 'number');
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** NumPy broadcasting, right-aligned. @throws RangeError naming both shapes. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const p = a[i - rank + a.length] ?? 1;
    const q = b[i - rank + b.length] ?? 1;
    if (p === q || q === 1) return p;
    if (p === 1) return q;
    throw new RangeError(`Expected shapes that broadcast, got [${a}] and [${b}]`);
  });
}

/** Non-negative axis. @throws RangeError when outside −rank … rank − 1. */
export function normalizeAxis(axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= rank) {
    throw new RangeError(`Expected an axis from ${-rank} to ${rank - 1}, got ${axis}`);
  }
  return normalized;
}

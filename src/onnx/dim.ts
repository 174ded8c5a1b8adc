/**
 * One dimension: a size, or a symbol such as `N` whose size is known only at run time. Products of symbols and sizes
 * are symbols too, in a canonical form (`49*N`), so that equal dimensions are equal strings. Two different symbols
 * count as different sizes. A symbol never broadcasts as 1.
 */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** Product of dimensions: 1 for none; symbols sorted after their coefficient. */
export function productOf(dims: Shape): Dim {
  const { coefficient, symbols } = factorsOf(dims);
  if (symbols.length === 0) return coefficient;
  const sorted = symbols.toSorted();
  return (coefficient === 1 ? sorted : [coefficient, ...sorted]).join('*');
}

/** The dimension q with q · b = a; null when there is none for all values of the symbols. */
export function quotientOf(a: Dim, b: Dim): Dim | null {
  const [whole, part] = [factorsOf([a]), factorsOf([b])];
  const symbols = [...whole.symbols];
  for (const symbol of part.symbols) {
    const at = symbols.indexOf(symbol);
    if (at < 0) return null;
    symbols.splice(at, 1);
  }
  const coefficient = whole.coefficient / part.coefficient;
  return Number.isInteger(coefficient) ? productOf([coefficient, ...symbols]) : null;
}

function factorsOf(dims: Shape): { readonly coefficient: number; readonly symbols: readonly string[] } {
  let coefficient = 1;
  const symbols: string[] = [];
  for (const dim of dims) {
    for (const factor of typeof dim === 'number' ? [dim] : dim.split('*')) {
      const size = Number(factor);
      if (Number.isInteger(size)) coefficient *= size;
      else symbols.push(String(factor));
    }
  }
  return { coefficient, symbols };
}

export function isStatic(shape: Shape): shape is readonly number[] {
  return shape.every((dim) => typeof dim === 'number');
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** NumPy broadcasting, right-aligned. @throws RangeError naming both shapes. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const [longer, shorter] = a.length < b.length ? [b, a] : [a, b];
  const lead = longer.length - shorter.length;
  return longer.map((p, i) => {
    const q = i < lead ? 1 : (shorter[i - lead] as Dim);
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

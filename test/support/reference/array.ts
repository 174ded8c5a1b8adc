/** A dense row-major float64 array: the values of the reference interpreter. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  /** The results of an operator with several results. It has no data itself. */
  readonly results?: readonly NdArray[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, dim) => size * dim, 1);

/** The array whose element at each index is `element(index)`. */
export function fill(shape: readonly number[], element: (index: readonly number[]) => number): NdArray {
  const data = new Float64Array(sizeOf(shape));
  let offset = 0;
  forEachIndex(shape, (index) => {
    data[offset++] = element(index);
  });
  return { shape, data };
}

/** Visits every index of `shape`, last axis fastest. Every call gets the same array: copy it to keep it. */
export function forEachIndex(shape: readonly number[], visit: (index: readonly number[]) => void): void {
  const index = shape.map(() => 0);
  for (let left = sizeOf(shape); left > 0; left--) {
    visit(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next === shape[axis] ? 0 : next;
      if (index[axis] !== 0) break;
    }
  }
}

/** x[index], broadcast. */
export function at(x: NdArray, index: readonly number[]): number {
  return x.data[offsetOf(x.shape, index)] ?? Number.NaN;
}

/**
 * Where the data of an array of this shape have the element at the index, broadcast: the index is right-aligned, and along an
 * axis of size 1 every index reads element 0.
 */
export function offsetOf(shape: readonly number[], index: readonly number[]): number {
  const lead = index.length - shape.length;
  let offset = 0;
  // A plain loop: most of the time of these tests is spent here.
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis] ?? 0;
    offset = offset * size + (size === 1 ? 0 : (index[axis + lead] ?? 0));
  }
  return offset;
}

export const isSameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/** NumPy broadcasting of sizes. */
export function broadcast(a: readonly number[], b: readonly number[]): readonly number[] {
  const [longer, shorter] = a.length < b.length ? [b, a] : [a, b];
  const lead = longer.length - shorter.length;
  return longer.map((size, i) => Math.max(size, i < lead ? 1 : (shorter[i - lead] ?? 1)));
}

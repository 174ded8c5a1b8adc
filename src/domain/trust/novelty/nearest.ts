import type { Tensor } from '../../../tensor.ts';

/** `cosine` for features of encoders and pictures, whose lengths mean little; `euclidean` for rows of tables and few numbers. */
export type Metric = 'cosine' | 'euclidean';

/** Rows [n, d] that others are compared with. */
export interface ComparableRows {
  readonly metric: Metric;
  readonly n: number;
  readonly d: number;
  /** One after the other; of length 1 for `cosine`, where rows of zeros stay zeros. */
  readonly data: Float32Array;
  /** Squared lengths [n], before that. */
  readonly squares: Float64Array;
}

/** A row that is compared with others. */
export interface QueryRow {
  /** Where its numbers are not 0. Null if more than half are. */
  readonly places: Uint32Array | null;
  /** The numbers at these places, or all. */
  readonly values: Float32Array;
  /** The squared length. */
  readonly square: number;
}

/** Flattens rows [n, …] of any shape. */
export function comparableRows({ shape: [n = 0], data: numbers }: Tensor, metric: Metric): ComparableRows {
  const d = n === 0 ? 0 : numbers.length / n;
  const data = new Float32Array(numbers);
  const squares = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const start = row * d;
    const square = dot(numbers, start, numbers, start, d);
    squares[row] = square;
    if (metric !== 'cosine' || square === 0) continue;
    const scale = 1 / Math.sqrt(square);
    for (let i = start; i < start + d; i++) data[i] = (data[i] as number) * scale;
  }
  return { metric, n, d, data, squares };
}

/** Used again for each row: allocating it takes longer than filling it. */
let scratch = new Uint32Array(0);

/** Row `row` of x [n, …], copied without its zeros if most are. */
export function queryRow({ shape: [n = 1], data }: Tensor, row: number): QueryRow {
  const d = data.length / n;
  const start = row * d;
  if (scratch.length < d) scratch = new Uint32Array(d);
  const found = scratch;
  let count = 0;
  for (let i = 0; i < d; i++) if (data[start + i] !== 0) found[count++] = i;
  if (2 * count > d) {
    const values = data.slice(start, start + d);
    return { places: null, values, square: dot(values, 0, values, 0, d) };
  }
  const [places, values] = [found.slice(0, count), new Float32Array(count)];
  for (let i = 0; i < count; i++) values[i] = data[start + (places[i] as number)] as number;
  return { places, values, square: dot(values, 0, values, 0, count) };
}

/** Distances of a row to the first `n` rows of `references`: 1 − cosine, or Euclidean. */
export function distancesTo(query: QueryRow, references: ComparableRows, n = references.n): Float64Array {
  const { metric, squares } = references;
  const { square } = query;
  // Products, then distances.
  const distances = productsWith(query, references, n);
  const scale = square === 0 ? 0 : 1 / Math.sqrt(square);
  for (let each = 0; each < n; each++) {
    const product = distances[each] as number;
    distances[each] =
      metric === 'cosine'
        ? 1 - scale * product
        : Math.sqrt(Math.max(0, square + (squares[each] as number) - 2 * product));
  }
  return distances;
}

/** Distance to the nearest row of `references`. `isOther` leaves out rows. Infinity without any row. */
export function nearestDistance(
  query: QueryRow,
  references: ComparableRows,
  isOther: (reference: number) => boolean = () => true,
): number {
  const distances = distancesTo(query, references);
  let least = Number.POSITIVE_INFINITY;
  for (let each = 0; each < distances.length; each++) {
    const distance = distances[each] as number;
    if (distance < least && isOther(each)) least = distance;
  }
  return least;
}

/** Products with the first `n` rows. */
function productsWith({ places, values }: QueryRow, { data, d }: ComparableRows, n: number): Float64Array {
  const products = new Float64Array(n);
  if (places) addProductsAt(products, places, values, data, d);
  else for (let row = 0; row < n; row++) products[row] = dot(values, 0, data, row * d, d);
  return products;
}

/** Products of numbers at `places` and rows of `d` numbers. Eight rows at a time share reads. */
function addProductsAt(
  products: Float64Array,
  places: Uint32Array,
  values: Float32Array,
  rows: Float32Array,
  d: number,
): void {
  const last = products.length - 1;
  // The last rows may be one row several times.
  const startOf = (row: number) => Math.min(row, last) * d;
  for (let row = 0; row <= last; row += 8) {
    const [r0, r1, r2, r3] = [startOf(row), startOf(row + 1), startOf(row + 2), startOf(row + 3)];
    const [r4, r5, r6, r7] = [startOf(row + 4), startOf(row + 5), startOf(row + 6), startOf(row + 7)];
    // Separate variables stay in registers.
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    let s6 = 0;
    let s7 = 0;
    for (let i = 0; i < values.length; i++) {
      const place = places[i] as number;
      const value = values[i] as number;
      s0 += value * (rows[r0 + place] as number);
      s1 += value * (rows[r1 + place] as number);
      s2 += value * (rows[r2 + place] as number);
      s3 += value * (rows[r3 + place] as number);
      s4 += value * (rows[r4 + place] as number);
      s5 += value * (rows[r5 + place] as number);
      s6 += value * (rows[r6 + place] as number);
      s7 += value * (rows[r7 + place] as number);
    }
    const sums = [s0, s1, s2, s3, s4, s5, s6, s7];
    for (let i = 0; i < 8 && row + i <= last; i++) products[row + i] = sums[i] as number;
  }
}

/** Four sums, which do not wait for each other. */
function dot(a: Float32Array, from: number, b: Float32Array, start: number, size: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const even = size - (size % 4);
  for (let i = 0; i < even; i += 4) {
    const [p, q] = [from + i, start + i];
    s0 += (a[p] as number) * (b[q] as number);
    s1 += (a[p + 1] as number) * (b[q + 1] as number);
    s2 += (a[p + 2] as number) * (b[q + 2] as number);
    s3 += (a[p + 3] as number) * (b[q + 3] as number);
  }
  for (let i = even; i < size; i++) s0 += (a[from + i] as number) * (b[start + i] as number);
  return s0 + s1 + s2 + s3;
}

import type { Tensor } from '../../../tensor.ts';

/** `cosine` for features of encoders and pictures, whose lengths mean little; `euclidean` for rows of tables and few numbers. */
export type Metric = 'cosine' | 'euclidean';

/** Rows [n, d], ready to be compared. */
export interface ComparableRows {
  readonly metric: Metric;
  readonly n: number;
  readonly d: number;
  /** One after the other; of length 1 for `cosine`, where rows of zeros stay zeros. */
  readonly data: Float32Array;
  /** Squared lengths [n]. */
  readonly squares: Float64Array;
}

/** Rows that are compared with others. */
export interface QueryRows extends ComparableRows {
  /** By row: where its numbers are not 0. Null if more than half are. */
  readonly places: readonly (Uint32Array | null)[];
}

/** Flattens rows [n, …] of any shape. */
export function comparableRows(x: Tensor, metric: Metric): ComparableRows {
  return measured(flattened(x, metric));
}

/** As `comparableRows`, in less time for rows with few numbers, such as features of texts. */
export function queryRows(x: Tensor, metric: Metric): QueryRows {
  const rows = flattened(x, metric);
  const { n, d, data } = rows;
  const places = Array.from({ length: n }, (_, row) => placesIfFew(data.subarray(row * d, (row + 1) * d)));
  return { ...measured(rows, places), places };
}

/** A copy of the numbers, before they are measured. */
function flattened({ shape: [n = 0], data }: Tensor, metric: Metric): ComparableRows {
  const d = n === 0 ? 0 : data.length / n;
  return { metric, n, d, data: new Float32Array(data), squares: new Float64Array(n) };
}

/** Writes the squared lengths, and for `cosine` makes the lengths 1. */
function measured(rows: ComparableRows, places: QueryRows['places'] = []): ComparableRows {
  const { metric, n, d, data, squares } = rows;
  for (let row = 0; row < n; row++) {
    const few = places[row] ?? null;
    squares[row] = few ? squareAt(few, data, row * d) : dot(data, row * d, data, row * d, d);
    if (metric === 'cosine') normalise(rows, row, few);
  }
  return rows;
}

/** Makes the length of a row 1, unless it is 0. */
function normalise({ d, data, squares }: ComparableRows, row: number, places: Uint32Array | null): void {
  const start = row * d;
  const square = squares[row] as number;
  if (square === 0) return;
  const scale = 1 / Math.sqrt(square);
  const n = places?.length ?? d;
  for (let i = 0; i < n; i++) {
    const at = start + (places ? (places[i] as number) : i);
    data[at] = (data[at] as number) * scale;
  }
  squares[row] = 1;
}

function squareAt(places: Uint32Array, data: Float32Array, start: number): number {
  let sum = 0;
  for (let i = 0; i < places.length; i++) sum += (data[start + (places[i] as number)] as number) ** 2;
  return sum;
}

/** Distances of row `row` of `queries` to the first `n` rows of `references`: 1 − cosine, or Euclidean. */
export function distancesTo(
  queries: ComparableRows | QueryRows,
  row: number,
  references: ComparableRows,
  n = references.n,
): Float64Array {
  const { d, metric, squares } = references;
  const square = queries.squares[row] as number;
  // Products, then distances.
  const distances = new Float64Array(n);
  const query = queries.data.subarray(row * d, (row + 1) * d);
  const places = 'places' in queries ? queries.places[row] : placesIfFew(query);
  if (places) productsAt(places, query, references.data, distances);
  else for (let each = 0; each < n; each++) distances[each] = dot(query, 0, references.data, each * d, d);
  for (let each = 0; each < n; each++) {
    const product = distances[each] as number;
    distances[each] =
      metric === 'cosine'
        ? 1 - product
        : Math.sqrt(Math.max(0, square + (squares[each] as number) - 2 * product));
  }
  return distances;
}

/** Distance to the nearest row of `references`. `isOther` leaves out rows. Infinity without any row. */
export function nearestDistance(
  queries: ComparableRows | QueryRows,
  row: number,
  references: ComparableRows,
  isOther: (reference: number) => boolean = () => true,
): number {
  const distances = distancesTo(queries, row, references);
  let least = Number.POSITIVE_INFINITY;
  for (let each = 0; each < distances.length; each++) {
    const distance = distances[each] as number;
    if (distance < least && isOther(each)) least = distance;
  }
  return least;
}

/** The places of the numbers that are not 0, if at most half are: features of texts are mostly zeros. */
function placesIfFew(row: Float32Array): Uint32Array | null {
  const places = new Uint32Array(row.length);
  let count = 0;
  for (let i = 0; i < row.length; i++) if (row[i] !== 0) places[count++] = i;
  return 2 * count <= row.length ? places.subarray(0, count) : null;
}

/** Products of `query` [d] and the first rows of `rows` [n, d], from the numbers at `places`. Eight rows at a time share reads. */
function productsAt(places: Uint32Array, query: Float32Array, rows: Float32Array, products: Float64Array) {
  const d = query.length;
  const few = new Float32Array(places.length);
  for (let i = 0; i < few.length; i++) few[i] = query[places[i] as number] as number;
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
    for (let i = 0; i < few.length; i++) {
      const place = places[i] as number;
      const value = few[i] as number;
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

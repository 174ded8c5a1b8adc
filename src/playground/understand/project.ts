/** A point of the map. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Probabilities below this count as this: their logarithms would dominate the map. */
const FLOOR = 1e-4;
const ROUNDS = 200;

/**
 * Places inputs by the probabilities that they got: the first two principal components of their centred log ratios.
 *
 * @param rows probabilities [n, labels]
 * @returns places [n] in −1…1
 * @see Aitchison, The Statistical Analysis of Compositional Data (1986), section 8.3
 */
export function project(rows: readonly (readonly number[])[]): Place[] {
  const ratios = rows.map((row) => {
    const logs = row.map((p) => Math.log(Math.max(p, FLOOR)));
    const mean = sum(logs) / logs.length;
    return logs.map((each) => each - mean);
  });
  const width = ratios[0]?.length ?? 0;
  const means = Array.from({ length: width }, (_, j) => sum(ratios.map((row) => row[j] ?? 0)) / rows.length);
  const centred = ratios.map((row) => row.map((each, j) => each - (means[j] ?? 0)));
  const first = direction(centred, []);
  const second = direction(centred, [first]);
  const places = centred.map((row) => ({ x: dot(row, first), y: dot(row, second) }));
  const reach = Math.max(1e-9, ...places.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)]));
  return places.map(({ x, y }) => ({ x: x / reach, y: y / reach }));
}

/** The direction of the largest variance that is at right angles to `others`, by power iteration. Zero if there is none. */
function direction(rows: readonly number[][], others: readonly number[][]): number[] {
  const width = rows[0]?.length ?? 0;
  // Any start that is not at right angles to the direction; this one is the same each time.
  let vector = Array.from({ length: width }, (_, j) => Math.cos(1 + 2.3 * j));
  for (let round = 0; round < ROUNDS; round++) {
    for (const other of others) {
      const along = dot(vector, other);
      vector = vector.map((each, j) => each - along * (other[j] ?? 0));
    }
    const next = Array<number>(width).fill(0);
    for (const row of rows) {
      const along = dot(row, vector);
      for (let j = 0; j < width; j++) next[j] = (next[j] ?? 0) + along * (row[j] ?? 0);
    }
    const length = Math.hypot(...next);
    if (length < 1e-9) return Array<number>(width).fill(0);
    vector = next.map((each) => each / length);
  }
  // What rounding has left of the others.
  for (const other of others) {
    const along = dot(vector, other);
    vector = vector.map((each, j) => each - along * (other[j] ?? 0));
  }
  return vector;
}

const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((each, j) => each * (b[j] ?? 0)));

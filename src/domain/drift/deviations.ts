/**
 * Divides each feature by its standard deviation, so that no column of a table outweighs the others. One that never differs
 * stays as it is. The order of the rows does not matter, which a permutation test needs.
 */
export function inDeviations(rows: readonly Float32Array[]): readonly Float32Array[] {
  const d = rows[0]?.length ?? 0;
  const [mean, square] = [new Float64Array(d), new Float64Array(d)];
  for (const row of rows)
    for (let i = 0; i < d; i++) mean[i] = (mean[i] as number) + (row[i] as number) / rows.length;
  for (const row of rows)
    for (let i = 0; i < d; i++) {
      const away = (row[i] as number) - (mean[i] as number);
      square[i] = (square[i] as number) + (away * away) / rows.length;
    }
  const scales = square.map((each) => (each > 0 ? 1 / Math.sqrt(each) : 1));
  return rows.map((row) => row.map((value, i) => value * (scales[i] as number)));
}

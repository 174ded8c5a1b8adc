/**
 * exp((x − max) / T) / Σ exp((x − max) / T) over each row of `ways` logits, in double precision. It never overflows. The
 * temperature T > 0 changes how sure an answer is, and never the order of the labels.
 */
export function softmax(logits: ArrayLike<number>, ways = logits.length, temperature = 1): Float64Array {
  const powers = Float64Array.from(logits);
  for (let from = 0; from < powers.length; from += ways) {
    const row = powers.subarray(from, from + ways);
    let max = Number.NEGATIVE_INFINITY;
    for (const value of row) max = Math.max(max, value);
    let sum = 0;
    for (let i = 0; i < row.length; i++) {
      row[i] = Math.exp(((row[i] as number) - max) / temperature);
      sum += row[i] as number;
    }
    for (let i = 0; i < row.length; i++) row[i] = (row[i] as number) / sum;
  }
  return powers;
}

/** Index of the largest number, such as the most probable class; the first of equal ones. */
export function likeliest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

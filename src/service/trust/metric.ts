import type { Metric } from '../../domain/trust/novelty/nearest.ts';
import type { Manifest } from '../../package/manifest.ts';

/** Rows of tables and few numbers are compared by their distance, everything else by direction. */
export function metricOf({ input }: Manifest): Metric {
  const isRow = input.preprocessing.kind === 'row';
  const numbers = input.shape.reduce<number>((size, dim) => size * (typeof dim === 'number' ? dim : 1), 1);
  return isRow || numbers <= 3 ? 'euclidean' : 'cosine';
}

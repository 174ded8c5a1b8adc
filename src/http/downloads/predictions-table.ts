import type { Static } from 'typebox';
import { csvOf } from '../../files/csv-writer.ts';
import type { Prediction } from '../schemas/predictions/predictions.ts';

/** The predictions as a table. Cells that a spreadsheet would run as formulas are escaped. */
export function tableOfPredictions(predictions: readonly Static<typeof Prediction>[]): string {
  const [first] = predictions;
  if (!first) return '';
  const names = (['id', 'field', 'filename', 'label', 'reason', 'best', 'value'] as const).filter((name) =>
    predictions.some((each) => each[name] !== undefined),
  );
  const labels = Object.keys(first.probabilities ?? {});
  const hasSets = predictions.some((each) => each.set);
  const columns = [
    ...names,
    ...(hasSets ? ['set'] : []),
    ...labels.map((label) => `probability:${label}`),
    'novelty',
    'warnings',
  ];
  const rows = predictions.map((each) => [
    ...names.map((name) => cellOf(each[name])),
    ...(hasSets ? [cellOf(each.set?.labels)] : []),
    ...labels.map((label) => each.probabilities?.[label] ?? ''),
    cellOf(each.novelty),
    each.warnings.map(({ code }) => code).join(' '),
  ]);
  return csvOf(columns, rows);
}

function cellOf(value: unknown): string | number {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}

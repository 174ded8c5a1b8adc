import { formatTable } from '../display/table.ts';

/** A prediction as the server answers it, with the name of its input on this machine. */
export interface Prediction {
  readonly input?: string;
  readonly field?: string;
  readonly filename?: string;
  /** Null: none of the labels. */
  readonly label?: string | null;
  /** The likeliest label when the answer is none of them. */
  readonly best?: string;
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly value?: unknown;
  readonly warnings: readonly { readonly detail: string }[];
}

export interface Answered {
  readonly task: string;
  readonly adaptation: string;
  readonly model: string;
  readonly predictions: readonly Prediction[];
}

/** A line for each input: its name, then label and probability, or the value. */
export function wordsOfPredictions(predictions: readonly Prediction[]): string {
  const isValue = predictions[0]?.label === undefined;
  const head = isValue ? ['input', 'value'] : ['input', 'label', 'probability'];
  const rows = predictions.map(({ input = '', label, best, probabilities = {}, value }) => {
    if (isValue) return [input, typeof value === 'number' ? `${value}` : JSON.stringify(value)];
    if (label === null || label === undefined)
      return [input, best === undefined ? 'none of these' : `none of these (nearest: ${best})`, '-'];
    return [input, label, `${((probabilities[label] ?? 0) * 100).toFixed(1)} %`];
  });
  return formatTable(head, rows);
}

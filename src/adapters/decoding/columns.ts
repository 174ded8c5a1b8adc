import { type InferredColumns, inferColumns } from '../../domain/rows/infer-columns.ts';

const NEWLINE = Buffer.from('\n');

/** Rows of JSON as one buffer, which is quicker to copy to a thread than thousands. JSON has no newlines of its own. */
export function joinRows(rows: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(rows.flatMap((row, i) => (i === 0 ? [row] : [NEWLINE, row])));
}

/** As `inferColumns`, of joined rows. */
export function columnsIn(joined: Uint8Array): InferredColumns {
  const lines = Buffer.from(joined.buffer, joined.byteOffset, joined.byteLength).toString().split('\n');
  return inferColumns(lines.map((line) => JSON.parse(line)));
}

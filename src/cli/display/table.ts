import { cellsOf } from './cells.ts';

/** Columns padded to their widest cell: `head` above `rows`, two spaces between. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(...[name, ...rows.map((row) => row[i] ?? '')].map(cellsOf)));
  return [head, ...rows]
    .map((cells) =>
      cells
        .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - cellsOf(cell))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

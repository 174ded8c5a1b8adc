import { categoryOf } from '../../domain/rows/cells.ts';
import { type Cell, columnNamesOf, type Row } from '../../domain/rows/row.ts';
import { readCsv } from '../../files/csv.ts';
import { csvOf } from '../../files/csv-writer.ts';
import type { ExampleContent, ExamplesToDownload } from '../../service/examples/use-cases.ts';
import { sizeOf } from '../../tensor.ts';

export interface ExampleTable {
  readonly csv: string;
  /** Whether `adapt` reads the same examples from it. Numbers come back as texts, and a missing column as an empty cell. */
  isExact(): Promise<boolean>;
}

interface Line {
  readonly row: Readonly<Record<string, Cell>>;
  readonly outcome: string;
}

/** Examples that are rows with named columns, or texts, as a table. Null for others. */
export async function tableOfExamples(
  { contents, targetShape }: ExamplesToDownload,
  signal?: AbortSignal,
): Promise<ExampleTable | null> {
  // A table has one number for each row.
  if (targetShape && sizeOf(targetShape) !== 1) return null;
  const lines: Line[] = [];
  for await (const each of contents(signal)) {
    const line = lineOf(each);
    if (!line) return null;
    lines.push(line);
  }
  const columns = [...new Set(lines.flatMap(({ row }) => Object.keys(row)))];
  const target = nameBeside(columns, targetShape ? 'target' : 'label');
  const rows = lines.map(({ row, outcome }) => [...columns.map((name) => cellOf(row[name])), outcome]);
  const csv = csvOf([...columns, target], rows);
  return { csv, isExact: () => isExact(csv, target, lines) };
}

/** Not the name of another column. */
function nameBeside(columns: readonly string[], wanted: string): string {
  let name = wanted;
  while (columns.includes(name)) name += '_';
  return name;
}

function lineOf({ example, content }: ExampleContent): Line | null {
  const text = Buffer.from(content.bytes).toString();
  const outcome = example.label ?? String(example.target?.[0] ?? '');
  if (content.kind === 'text') return { row: { text }, outcome };
  if (content.kind !== 'row') return null;
  const row: Row = JSON.parse(text);
  return Array.isArray(row) ? null : { row: row as Line['row'], outcome };
}

function cellOf(cell: Cell | undefined): string | number {
  return typeof cell === 'boolean' ? String(cell) : (cell ?? '');
}

/** Reads the table as `adapt` does. */
async function isExact(csv: string, target: string, lines: readonly Line[]): Promise<boolean> {
  const table = await readCsv(Buffer.from(csv)).catch(() => null);
  if (table?.rows.length !== lines.length) return false;
  return table.rows.every(({ cells }, i) => {
    const read = new Map(table.columns.map((name, n): [string, string | null] => [name, cells[n] || null]));
    const outcome = categoryOf(read.get(target) ?? null);
    read.delete(target);
    const { row, outcome: given } = lines[i] as Line;
    return outcome === given && canonical(Object.fromEntries(read)) === canonical(row);
  });
}

function canonical(row: Line['row']): string {
  return JSON.stringify(columnNamesOf(row).map((name) => [name, row[name as string]]));
}

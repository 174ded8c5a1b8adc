import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from '../../domain/rows/row.ts';
import { readCsv } from '../../files/csv.ts';
import type { Network } from '../../nn/network.ts';

/** A table whose last column is to be predicted. */
export interface TableSet {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly targets: readonly string[];
}

/** The tables `<folder>/<task>/*.csv`, ordered by name. */
export async function readTables(folder: string, task: Network['task']): Promise<readonly TableSet[]> {
  const files = (await readdir(join(folder, task))).filter((file) => file.endsWith('.csv')).sort();
  return Promise.all(files.map((file) => readTable(join(folder, task, file), file.replace(/\.csv$/, ''))));
}

async function readTable(path: string, name: string): Promise<TableSet> {
  const { columns, rows } = await readCsv(await readFile(path));
  const names = columns.slice(0, -1);
  return {
    name,
    rows: rows.map(({ cells }) => Object.fromEntries(names.map((column, i) => [column, cells[i] ?? '']))),
    targets: rows.map(({ cells }) => cells[names.length] ?? ''),
  };
}

/** Results of other methods by table: `baselines.tsv` with columns `name`, `linear` and `rf`. Empty without the file. */
export async function readBaselines(folder: string): Promise<ReadonlyMap<string, Baselines>> {
  const text = await readFile(join(folder, 'baselines.tsv'), 'utf8').catch(() => '');
  const [header = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const at = (line: string, column: string) => line.split('\t')[header.split('\t').indexOf(column)] ?? '';
  return new Map(
    lines.map((line) => [
      at(line, 'name'),
      { linear: Number(at(line, 'linear')), forest: Number(at(line, 'rf')) },
    ]),
  );
}

export interface Baselines {
  readonly linear: number;
  readonly forest: number;
}

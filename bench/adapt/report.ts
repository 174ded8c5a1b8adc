import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { markdownTable } from '../../src/training/markdown-table.ts';
import type { Row } from './measure.ts';

export interface Setting {
  readonly threads: number;
  /** Version of PyTorch, or why it was not run. */
  readonly peer: { readonly version: string } | { readonly absent: string };
}

const number = (x: number | null, digits: number) => (x === null ? '–' : x.toFixed(digits));

const columns: Readonly<Record<string, (row: Row) => string>> = {
  workload: ({ name }) => name,
  ours: ({ label }) => label,
  ms: ({ ms }) => number(ms, 3),
  'GFLOP/s': ({ gflops }) => number(gflops, 1),
  'of Gemm': ({ share }) => `${number(100 * share, 0)} %`,
  'PyTorch ms': ({ peerMs }) => number(peerMs, 3),
  ratio: ({ ratio }) => number(ratio, 2),
  'best ratio': ({ bestRatio }) => number(bestRatio, 2),
};

const widths: Readonly<Record<string, number>> = { workload: 40, ours: 12 };
const padded = (cells: readonly string[]) =>
  Object.keys(columns)
    .map((name, i) => {
      const width = widths[name];
      return width ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(11);
    })
    .join('');

export const heading = () => padded(Object.keys(columns));
export const line = (row: Row) => padded(Object.values(columns).map((cell) => cell(row)));

/** What the numbers were measured on and with. */
export function machine({ threads, peer }: Setting): string {
  const processors = cpus();
  const runtime = JSON.parse(
    readFileSync(new URL('../../node_modules/onnxruntime-node/package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  const versions = [`node ${process.versions.node}`, `onnxruntime-node ${runtime.version}`];
  const torch = 'version' in peer ? `torch ${peer.version}` : `without PyTorch: ${peer.absent}`;
  return `${processors.length} × ${processors[0]?.model ?? 'unknown processor'}; ${[...versions, torch].join(', ')}; ${threads} thread${threads > 1 ? 's' : ''}`;
}

export interface Table {
  readonly setting: Setting;
  readonly rows: readonly Row[];
}

/** The tables as a page to commit. */
export function markdown(tables: readonly Table[]): string {
  return [
    '# Speed of adaptation',
    'Made by `npm run bench:adapt -- --threads 1,2 --markdown`. Times are medians. GFLOP/s counts convolutions and matrix\n' +
      'products only; "of Gemm" is the share of what a 1024³ product reaches through the same runtime between the same\n' +
      'runs. The ratio is our time to that of the same work in PyTorch (below 1: ours is faster), taken in turns: the\n' +
      'median over the rounds, and best time to best time. "As PyTorch" is the same network, normalised over its batch;\n' +
      '"as served" is what packages hold, without statistics of the batch and with a head over all 256 features.',
    ...tables.flatMap(({ setting, rows }) => [`## ${machine(setting)}`, cellsOf(rows)]),
  ]
    .join('\n\n')
    .concat('\n');
}

function cellsOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => Object.values(columns).map((cell) => cell(row)));
  return markdownTable(Object.keys(columns), cells, Object.keys(widths).length);
}

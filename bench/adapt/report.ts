import { markdownTable } from '../../src/training/card/markdown-table.ts';
import { processor, versionOf } from '../support/machine.ts';
import type { Row } from './measure.ts';

export interface Setting {
  readonly threads: number;
  /** Version of PyTorch, or the reason why it was not measured. */
  readonly peer: { readonly version: string } | { readonly absent: string };
}

const number = (x: number | null, digits: number) => (x === null ? '–' : x.toFixed(digits));

/** Whether a ratio is within its bar. */
export const verdict = (ratio: number, bar: number): string => (ratio <= bar ? 'ok' : 'no');

const columns: Readonly<Record<string, (row: Row) => string>> = {
  workload: ({ name }) => name,
  ours: ({ label }) => label,
  ms: ({ ms }) => number(ms, 3),
  'GFLOP/s': ({ gflops }) => number(gflops, 1),
  'of Gemm': ({ share }) => `${number(100 * share, 0)} %`,
  'PyTorch ms': ({ peerMs }) => number(peerMs, 3),
  ratio: ({ ratio }) => number(ratio, 2),
  bar: ({ bar, ratio }) =>
    bar === undefined ? '' : `≤ ${bar}${ratio === null ? '' : ` ${verdict(ratio, bar)}`}`,
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

/** Machine and versions of the measurement. */
export function machine({ threads, peer }: Setting): string {
  const torch = 'version' in peer ? `torch ${peer.version}` : `without PyTorch: ${peer.absent}`;
  return `${processor()}, ${versionOf('onnxruntime-node')}, ${torch}; ${threads} thread${threads > 1 ? 's' : ''}`;
}

export interface Table {
  readonly setting: Setting;
  readonly rows: readonly Row[];
  /** Text below the table. */
  readonly notes: readonly string[];
}

/** The tables as a page. */
export function markdown(tables: readonly Table[]): string {
  return [
    '# Speed of adaptation',
    '`npm run bench:adapt -- --threads 1,2 --markdown` writes this page. Times are medians. GFLOP/s counts convolutions and matrix\n' +
      'products only. "Of Gemm" divides this rate by that of a product of two 1024 × 1024 matrices in the same runtime. The ratio is our\n' +
      'time divided by the time of the same work in PyTorch, with an allocator that reuses memory. All are measured in turn. If a ratio is\n' +
      'below 1, ours is faster. "Ratio" is the median over the rounds, and the bar is a limit for it; "best ratio" divides the best times.\n' +
      '"As PyTorch" is the same network as in PyTorch, normalised over its batch. "As served" is the network of packages, without batch\n' +
      'statistics and with a head over all 256 features.',
    ...tables.flatMap(({ setting, rows, notes }) => [`## ${machine(setting)}`, cellsOf(rows), ...notes]),
  ]
    .join('\n\n')
    .concat('\n');
}

function cellsOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => Object.values(columns).map((cell) => cell(row)));
  return markdownTable(Object.keys(columns), cells, Object.keys(widths).length);
}

import { markdownTable } from '../../src/training/card/markdown-table.ts';
import { processor, versionOf } from '../support/machine.ts';
import { errorsOf, type Judged, type Row, type Table } from './measure.ts';
import { type Quantity, quantities } from './scenario.ts';

export interface Setting {
  readonly command: string;
  readonly date: string;
  readonly wrk: string;
  /** Versions of the peer's libraries, or the reason why it was not measured. */
  readonly peer: string;
}

/** Machine and versions of the measurement. */
export function machine({ wrk, peer }: Setting): string {
  return [processor(), versionOf('onnxruntime-node'), versionOf('fastify'), wrk, peer].join(', ');
}

const measured = ({ rows }: Table) =>
  (Object.keys(quantities) as Quantity[]).filter((quantity) =>
    rows.some((row) => 'sample' in row && row.sample[quantity] !== undefined),
  );

function cellsOf(row: Row, columns: readonly Quantity[]): readonly string[] {
  if ('absent' in row) return [row.label, ...columns.map(() => '–'), `left out: ${row.absent}`];
  const errors = errorsOf(row.sample).map(([kind, count]) => `${count} × ${kind}`);
  return [
    row.label,
    ...columns.map((quantity) => row.sample[quantity]?.toFixed(quantities[quantity].digits) ?? '–'),
    errors.length === 0 ? '0' : `invalid: ${errors.join(', ')}`,
  ];
}

function barCells({ claim, bound, unit, outcome }: Judged): readonly string[] {
  const bar = bound === null ? '–' : 'atLeast' in bound ? `≥ ${bound.atLeast}` : `≤ ${bound.atMost}`;
  const wanted = bound === null ? '–' : `${bar} ${unit}`;
  if ('leftOut' in outcome) return [claim, '–', wanted, `left out: ${outcome.leftOut}`];
  const verdict = { true: 'ok', false: 'no', null: '–' }[String(outcome.ok)] ?? '';
  return [claim, `${outcome.value.toFixed(2)} ${unit}`, wanted, verdict];
}

/** The section of a scenario: its measurements, their method, and its bars. */
export function section(table: Table, setting: Setting): string {
  const columns = measured(table);
  const { scenario, effort, rows, bars } = table;
  const heads = columns.map((quantity) => quantities[quantity].head);
  const rounds = `${effort.rounds} round${effort.rounds > 1 ? 's' : ''} of ${effort.seconds} s each.`;
  return [
    `## ${scenario.title}`,
    `${scenario.about}\n${rounds} ${madeBy(setting)}`,
    markdownTable(
      ['who', ...heads, 'errors'],
      rows.map((row) => cellsOf(row, columns)),
      1,
    ),
    markdownTable(['claim', 'measured', 'bar', ''], bars.map(barCells), 1),
  ].join('\n\n');
}

const madeBy = (setting: Setting) =>
  `Made by \`${setting.command}\` on ${setting.date}, on ${machine(setting)}.`;

/** The tables as a page, in the order of `titles`. Sections that were not measured are copied from the `former` page. */
export function page(
  setting: Setting,
  tables: readonly Table[],
  titles: readonly string[],
  former: string,
): string {
  const formerSections = former.split(/^(?=## )/m).map((each) => each.trim());
  const sectionOf = (title: string) => {
    const table = tables.find(({ scenario }) => scenario.title === title);
    return table ? section(table, setting) : formerSections.find((each) => each.startsWith(`## ${title}\n`));
  };
  return [
    '# Speed of serving',
    'Each section states the command that produced it. `npm run bench:serve -- --markdown` measures all sections, `--only` selects\n' +
      'some of them. All contenders are measured in turn, round after round. Rows are medians over the rounds. A claim is the median of\n' +
      'one row, or compares the medians of two rows. Compare times only within one section, and ratios only on the same machine. If an\n' +
      'answer is not 2xx, the row is invalid and its claims are `no`. A bar is a goal; a missed bar does not fail the command. The peer is\n' +
      'a common alternative: FastAPI, uvicorn and PyTorch, once plain as in the tutorial, and once tuned (async, raw JSON, an allocator\n' +
      'that reuses memory).',
    ...titles.flatMap((title) => sectionOf(title) ?? []),
  ]
    .join('\n\n')
    .concat('\n');
}

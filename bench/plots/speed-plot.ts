import { dotPlot, type Panel } from './dot-plot.ts';
import { type Row, tableUnder } from './markdown-rows.ts';

const TUNED = 'beside PyTorch, tuned';
const PLAIN = 'beside FastAPI and PyTorch as in their tutorials';

/** Rows of `bench/ADAPT.md`, the form of our network, and their names in plain words. */
const computations: readonly (readonly [string, string, string])[] = [
  ['adapt conv4 5w1s 5 steps', 'as served', 'learn 5 labels from 5 drawings'],
  ['adapt conv4 5w5s 5 steps', 'as served', 'learn 5 labels from 25 drawings'],
  ['adapt conv4 20w5s 5 steps', 'as served', 'learn 20 labels from 100 drawings'],
  ['protonet prototypes 5w5s', 'as served', 'the same 25 drawings, prototypes'],
  ['adapt sinusoid 1-40-40-1 n10 5 steps', 'as PyTorch', 'learn a curve from 10 points'],
  ['predict conv4 batch 1', 'as served', 'answer 1 drawing'],
  ['predict conv4 batch 75', 'as served', 'answer 75 drawings at once'],
  ['meta-step 2nd-order 4x5w1s15q 5 steps', 'as served', 'train MAML, one step'],
];

const times = (value: number) => `${value} ×`;
const axis = {
  kind: 'log',
  from: 0.5,
  to: 20,
  ticks: [0.5, 1, 2, 5, 10, 20],
  format: times,
  line: 1,
} as const;

/** Speed beside PyTorch, as ratios, from the text of `bench/ADAPT.md` and `bench/SERVING.md`. */
export function speedPlot(adapt: string, serving: string): string {
  return dotPlot({
    title: 'Speed beside the same work in Python: right of the line, Innerloop is faster',
    series: [TUNED, PLAIN],
    panels: [computing(tableUnder(adapt, /; 1 thread$/)), service(serving)],
  });
}

function computing(rows: readonly Row[]): Panel {
  return {
    title: 'The computation alone, one thread',
    note: 'the mark is the median over rounds; the bar leads to the ratio of the best times',
    axis,
    rows: computations.map(([workload, ours, label]) => {
      const row = rows.find((each) => each.workload === workload && each.ours === ours);
      const [median, best] = [1 / cell(row, 'ratio'), 1 / cell(row, 'best ratio')];
      const [low, high] = [Math.min(median, best), Math.max(median, best)];
      return { label, marks: [{ series: TUNED, value: median, low, high }] };
    }),
  };
}

function service(text: string): Panel {
  const predictions = tableUnder(text, /^Predictions$/);
  const disturbed = tableUnder(text, /^Predictions while/);
  const adaptations = tableUnder(text, /^Adaptations$/);
  const rate = (rows: readonly Row[], who: string) =>
    cell(
      rows.find((each) => each.who === who),
      'requests/s',
    );
  const beside = (rows: readonly Row[], ours: string, tuned: string, plain?: string) => [
    { series: TUNED, value: rate(rows, ours) / rate(rows, tuned) },
    ...(plain ? [{ series: PLAIN, value: rate(rows, ours) / rate(rows, plain) }] : []),
  ];
  const answers = (connections: number) =>
    beside(
      predictions,
      `ours, the peer's JSON, ${connections} conn.`,
      `tuned peer, ${connections} conn.`,
      `plain peer, ${connections} conn.`,
    );
  return {
    title: 'The whole service over HTTP, in requests per second',
    note: 'medians of 3 rounds; ours stores what it learns on disk before it answers, the peers keep it in memory',
    axis,
    rows: [
      { label: 'answers, 16 clients', marks: answers(16) },
      { label: 'answers, 1 client', marks: answers(1) },
      {
        label: 'answers while it learns',
        marks: beside(disturbed, 'ours, while it adapts', 'tuned peer, while it adapts'),
      },
      { label: 'learning', marks: beside(adaptations, 'ours, embedded', 'tuned peer', 'plain peer') },
    ],
  };
}

/** @throws RangeError when the page has no such number. */
function cell(row: Row | undefined, column: string): number {
  const value = Number.parseFloat(row?.[column] ?? '');
  if (!(value > 0))
    throw new RangeError(`Expected a number in the column ${column} of ${JSON.stringify(row)}`);
  return value;
}

import { mean } from '../evaluation/statistics.ts';
import { linearScale, logScale, type Range, type Scale } from './curve-scale.ts';

export interface CurvePoint {
  /** Position on the x axis, in the unit of `xLabel`. */
  readonly at: number;
  readonly value: number;
  /** Half width of a 95 % interval, drawn as a band. */
  readonly interval95?: number;
}

export interface TrainingCurve {
  readonly title: string;
  /** A line under the title: the recipe in a few words. */
  readonly subtitle?: string;
  readonly xLabel: string;
  /** The training loss: positive. */
  readonly loss: readonly CurvePoint[];
  /** `accuracy` is a fraction and is shown in percent; `error` is shown unchanged. */
  readonly validation: { readonly metric: 'accuracy' | 'error'; readonly points: readonly CurvePoint[] };
}

const MAX_POINTS = 300;
const WIDTH = 720;
const LEFT = 64;
const RIGHT = 656;
const TOP = 94;
const PANEL = 132;
const GAP = 48;

/**
 * The curve as one SVG file: loss above, validation below, on one x axis. It has its own background and
 * colours for light and dark mode, so it is legible on any page. It has no scripts, fonts or links.
 */
export function renderCurve(curve: TrainingCurve): string {
  const { metric, points } = curve.validation;
  const loss = downsample(curve.loss);
  const validation = downsample(points);
  const x = linearScale([0, ...[...loss, ...validation].map(({ at }) => at)], [LEFT, RIGHT], {
    ticks: 6,
    tight: true,
  });
  const panels = [
    lossPanel(loss, x, TOP),
    ...(validation.length > 0 ? [validationPanel(metric, validation, x, TOP + PANEL + GAP)] : []),
  ];
  const bottom = TOP + panels.length * PANEL + (panels.length - 1) * GAP;
  const height = bottom + 56;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escapeXml(curve.title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="10"/>`,
    `<text class="title" x="${LEFT}" y="34">${escapeXml(curve.title)}</text>`,
    ...(curve.subtitle ? [`<text class="label" x="${LEFT}" y="54">${escapeXml(curve.subtitle)}</text>`] : []),
    ...panels,
    ...x.ticks.map((tick) => text('label', x.place(tick), bottom + 20, count(tick, x), 'middle')),
    text('label', (LEFT + RIGHT) / 2, bottom + 42, escapeXml(curve.xLabel), 'middle'),
    '</svg>\n',
  ].join('\n');
}

function lossPanel(points: readonly CurvePoint[], x: Scale, top: number): string {
  const values = points.map(({ value }) => value);
  const most = Math.floor(points.length / 40);
  // A centred mean: a trailing mean would lag behind a falling loss.
  const smoothed = points.map(({ at }, i) => {
    const reach = Math.min(most, i);
    return { at, value: mean(values.slice(i - reach, i + reach + 1)) };
  });
  const range: Range = [top + PANEL, top];
  const falls = Math.max(...values) / Math.min(...values) > 20;
  const y = falls ? logScale(values, range) : linearScale(values, range, { limits: [0, Infinity] });
  const name = falls ? 'training loss, logarithmic' : 'training loss';
  return [
    frame(name, 'loss', y, top, number),
    line('loss faint', points, x, y),
    line('loss', smoothed, x, y),
    lastValue('loss', smoothed, x, y, number),
  ].join('\n');
}

function validationPanel(
  metric: 'accuracy' | 'error',
  points: readonly CurvePoint[],
  x: Scale,
  top: number,
): string {
  const limits: Range = metric === 'accuracy' ? [0, 1] : [0, Infinity];
  const ends = points.flatMap(({ value, interval95: half = 0 }) => [value - half, value + half]);
  const y = linearScale(ends, [top + PANEL, top], { limits });
  const format = metric === 'accuracy' ? percent : number;
  return [
    frame(`validation ${metric}`, 'validation', y, top, format),
    band('validation band', points, x, y),
    line('validation', points, x, y),
    ...(points.length <= 40
      ? points.map(({ at, value }) => dot('validation', x.place(at), y.place(value)))
      : []),
    lastValue('validation', points, x, y, format),
  ].join('\n');
}

/** Grid, tick labels and, above the panel's left corner, its legend. */
function frame(
  name: string,
  series: string,
  y: Scale,
  top: number,
  format: (value: number) => string,
): string {
  return [
    `<path class="${series}" d="M${LEFT} ${top - 15}h18"/>`,
    text('legend', LEFT + 26, top - 11, name, 'start'),
    ...y.ticks.flatMap((tick) => [
      `<path class="grid" d="M${LEFT} ${round(y.place(tick))}H${RIGHT}"/>`,
      text('label', LEFT - 10, round(y.place(tick)) + 4, format(tick), 'end'),
    ]),
    `<path class="axis" d="M${LEFT} ${top + PANEL}H${RIGHT}"/>`,
  ].join('\n');
}

const places = (points: readonly CurvePoint[], x: Scale, y: Scale) =>
  points.map(({ at, value }) => `${round(x.place(at))} ${round(y.place(value))}`);

function line(series: string, points: readonly CurvePoint[], x: Scale, y: Scale): string {
  return points.length === 0 ? '' : `<path class="${series}" d="M${places(points, x, y).join('L')}"/>`;
}

function band(series: string, points: readonly CurvePoint[], x: Scale, y: Scale): string {
  const edge = (sign: number) =>
    places(
      points.map(({ at, value, interval95: half = 0 }) => ({ at, value: value + sign * half })),
      x,
      y,
    );
  return `<path class="${series}" d="M${[...edge(1), ...edge(-1).reverse()].join('L')}Z"/>`;
}

function lastValue(
  series: string,
  points: readonly CurvePoint[],
  x: Scale,
  y: Scale,
  format: (value: number) => string,
): string {
  const last = points.at(-1);
  if (!last) return '';
  const [px, py] = [x.place(last.at), y.place(last.value)];
  return dot(series, px, py) + text(`${series} value`, px + 9, round(py) + 4, format(last.value), 'start');
}

const dot = (series: string, x: number, y: number) =>
  `<circle class="${series} dot" cx="${round(x)}" cy="${round(y)}" r="3"/>`;

const text = (style: string, x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end') =>
  `<text class="${style}" x="${round(x)}" y="${y}" text-anchor="${anchor}">${content}</text>`;

/** At most 300 points. Each is the mean of neighbouring points, so that noise is reduced but the level is not changed. */
function downsample(points: readonly CurvePoint[]): readonly CurvePoint[] {
  const run = Math.ceil(points.length / MAX_POINTS);
  if (run <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / run) }, (_, i) => {
    const neighbours = points.slice(i * run, (i + 1) * run);
    return {
      at: mean(neighbours.map(({ at }) => at)),
      value: mean(neighbours.map(({ value }) => value)),
      interval95: mean(neighbours.map(({ interval95: half = 0 }) => half)),
    };
  });
}

const round = (value: number) => Math.round(value * 10) / 10;
const number = (value: number) => `${Number(value.toPrecision(3))}`;
const percent = (value: number) => `${Number((value * 100).toFixed(1))} %`;
const count = (value: number, { ticks }: Scale) =>
  value > 0 && (ticks.at(-1) ?? 0) >= 10_000 ? `${value / 1000}k` : `${value}`;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (content: string) => content.replace(/[&<>"]/g, (c) => ENTITIES[c] ?? c);

const STYLE = `
text{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:#57606a}
path{fill:none}
.ground{fill:#fff;stroke:#d8dee4}
.title{font-size:16px;font-weight:600;fill:#1f2328}
.legend{fill:#1f2328}
.value{font-weight:600;stroke:none}
.grid{stroke:#eaeef2}
.axis{stroke:#afb8c1}
.loss{stroke:#0969da;stroke-width:2;stroke-linejoin:round}
.validation{stroke:#bc4c00;stroke-width:2;stroke-linejoin:round}
.faint{stroke-width:1;opacity:.35}
.band{fill:#bc4c00;stroke:none;opacity:.16}
.loss.dot,.loss.value{fill:#0969da}
.validation.dot,.validation.value{fill:#bc4c00}
.dot,.value{stroke:none}
@media(prefers-color-scheme:dark){
text{fill:#9198a1}
.ground{fill:#0d1117;stroke:#3d444d}
.title,.legend{fill:#f0f6fc}
.grid{stroke:#21262d}
.axis{stroke:#656c76}
.loss{stroke:#58a6ff}
.validation{stroke:#f0883e}
.band{fill:#f0883e}
.loss.dot,.loss.value{fill:#58a6ff}
.validation.dot,.validation.value{fill:#f0883e}
.dot,.value,.band{stroke:none}
}
`;

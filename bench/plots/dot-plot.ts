import { scaleLinear, scaleLog } from 'd3-scale';
import { line, type SymbolType, symbol, symbolCircle, symbolDiamond, symbolSquare } from 'd3-shape';

/** One measured value, with the ends of its interval if it has one. */
export interface Mark {
  readonly series: string;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

export interface Panel {
  readonly title: string;
  /** A line under the title: how it was measured. */
  readonly note: string;
  readonly axis: {
    readonly kind: 'linear' | 'log';
    readonly from: number;
    readonly to: number;
    readonly ticks: readonly number[];
    format(value: number): string;
    /** A value that a vertical line marks. */
    readonly line?: number;
  };
  readonly rows: readonly { readonly label: string; readonly marks: readonly Mark[] }[];
}

export interface DotPlot {
  readonly title: string;
  /** At most three. The first is drawn last, so that it is never hidden. */
  readonly series: readonly string[];
  readonly panels: readonly Panel[];
}

const WIDTH = 760;
const LEFT = 292;
const RIGHT = 728;
const ROW = 22;
/** Heights of the heading of the file, of a panel's heading, and of its axis. */
const HEAD = 74;
const PANEL_HEAD = 50;
const PANEL_FOOT = 38;

const SHAPES: readonly SymbolType[] = [symbolCircle, symbolDiamond, symbolSquare];
const stroke = line();

/**
 * Values as marks on one axis for each panel, with intervals as bars, as one SVG file. It has its own background and colours
 * for light and dark mode, so it is legible on any page. It has no scripts, fonts or links, and equal values give equal bytes.
 */
export function dotPlot({ title, series, panels }: DotPlot): string {
  const tops = panels.map((_, i) => panels.slice(0, i).reduce((y, panel) => y + heightOf(panel), HEAD));
  const height = panels.reduce((y, panel) => y + heightOf(panel), HEAD) + 6;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10"/>`,
    text('title', 24, 34, title, 'start'),
    ...series.flatMap((name, i) => legend(name, i, series)),
    ...panels.flatMap((panel, i) => drawPanel(panel, tops[i] as number, series)),
    '</svg>\n',
  ].join('\n');
}

const heightOf = ({ rows }: Panel) => PANEL_HEAD + rows.length * ROW + PANEL_FOOT;

function legend(name: string, i: number, series: readonly string[]): readonly string[] {
  // About the width of the names before it: 7 units for a character.
  const x = 30 + series.slice(0, i).reduce((sum, each) => sum + 34 + 7 * each.length, 0);
  return [shape(i, x, 55), text('legend', x + 12, 59, name, 'start')];
}

function drawPanel({ title, note, axis, rows }: Panel, top: number, series: readonly string[]): string[] {
  const scale = axis.kind === 'log' ? scaleLog() : scaleLinear();
  const x = scale.domain([axis.from, axis.to]).range([LEFT, RIGHT]).clamp(true);
  const first = top + PANEL_HEAD;
  const bottom = first + rows.length * ROW;
  const vertical = (style: string, value: number) =>
    `<path class="${style}" d="${path([round(x(value)), first], [round(x(value)), bottom])}"/>`;
  return [
    text('heading', 24, top + 20, title, 'start'),
    text('label', 24, top + 37, note, 'start'),
    ...axis.ticks.flatMap((tick) => [
      vertical('grid', tick),
      text('label', x(tick), bottom + 16, axis.format(tick), 'middle'),
    ]),
    ...(axis.line === undefined ? [] : [vertical('axis', axis.line)]),
    ...rows.flatMap(({ label, marks }, row) => {
      const y = first + row * ROW + ROW / 2;
      const order = marks.toSorted((a, b) => series.indexOf(b.series) - series.indexOf(a.series));
      return [
        text('row', LEFT - 14, y + 4, label, 'end'),
        ...order.flatMap((mark) => drawMark(mark, series.indexOf(mark.series), y, x)),
      ];
    }),
  ];
}

function drawMark(
  { value, low, high }: Mark,
  i: number,
  y: number,
  x: (value: number) => number,
): readonly string[] {
  const ends: readonly [number, number][] = [
    [round(x(low ?? value)), y],
    [round(x(high ?? value)), y],
  ];
  const bar =
    low === undefined && high === undefined ? [] : [`<path class="bar s${i}" d="${path(...ends)}"/>`];
  return [...bar, shape(i, round(x(value)), y)];
}

const path = (...points: readonly [number, number][]) => stroke(points as [number, number][]) ?? '';
const shape = (i: number, x: number, y: number) =>
  `<path class="mark s${i}" transform="translate(${x},${y})" d="${symbol(SHAPES[i], 52)()}"/>`;
const text = (style: string, x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end') =>
  `<text class="${style}" x="${round(x)}" y="${y}" text-anchor="${anchor}">${escapeXml(content)}</text>`;
const round = (value: number) => Math.round(value * 10) / 10;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (content: string) => content.replace(/[&<>"]/g, (c) => ENTITIES[c] ?? c);

const STYLE = `
text{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:#57606a}
path{fill:none}
.ground{fill:#fff;stroke:#d8dee4}
.title{font-size:16px;font-weight:600;fill:#1f2328}
.heading{font-size:13px;font-weight:600;fill:#1f2328}
.row,.legend{fill:#1f2328}
.grid{stroke:#eaeef2}
.axis{stroke:#6e7781}
.bar{stroke-width:3;opacity:.45}
.bar.s0{stroke:#0969da}.bar.s1{stroke:#bc4c00}.bar.s2{stroke:#6e7781}
.mark{stroke:#fff;stroke-width:1}
.mark.s0{fill:#0969da}.mark.s1{fill:#bc4c00}.mark.s2{fill:#6e7781}
@media(prefers-color-scheme:dark){
text{fill:#9198a1}
.ground{fill:#0d1117;stroke:#3d444d}
.title,.heading,.row,.legend{fill:#f0f6fc}
.grid{stroke:#21262d}
.axis{stroke:#9198a1}
.bar.s0{stroke:#58a6ff}.bar.s1{stroke:#f0883e}.bar.s2{stroke:#9198a1}
.mark{stroke:#0d1117}
.mark.s0{fill:#58a6ff}.mark.s1{fill:#f0883e}.mark.s2{fill:#9198a1}
}
`;

import type { Drift } from '../../client/index.ts';
import { t, timeOf } from '../words/words.ts';

type Check = Drift['checks'][number];

const [WIDTH, HEIGHT, TOP, BOTTOM, SIDE] = [800, 200, 14, 30, 12];

/** Distances are squares, and can be a little below 0. */
const rootOf = (distance: number) => Math.sqrt(Math.max(0, distance));

/** Each check of the background and the state now: the distance from the first inputs, and the one that is drift. */
export function DriftChart({ drift }: { drift: Drift }) {
  const checks = withNow(drift);
  if (checks.length === 0) return null;
  const top =
    1.1 *
    Math.max(...checks.flatMap(({ distance, threshold }) => [rootOf(distance), rootOf(threshold)]), 1e-9);
  const x = (i: number) =>
    checks.length === 1 ? WIDTH / 2 : SIDE + ((WIDTH - 2 * SIDE) * i) / (checks.length - 1);
  const y = (value: number) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * rootOf(value)) / top;
  const line = (of: (check: Check) => number) =>
    checks.map((check, i) => `${x(i).toFixed(1)},${y(of(check)).toFixed(1)}`).join(' ');
  const over = checks.filter(({ distance, threshold }) => distance > threshold).length;
  const thresholds =
    checks.length === 1
      ? `0,${y(checks[0]?.threshold ?? 0)} ${WIDTH},${y(checks[0]?.threshold ?? 0)}`
      : line(({ threshold }) => threshold);
  const [first] = checks;
  const last = checks.at(-1);
  return (
    <figure class="drift-chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t().driftChart(checks.length, over)}>
        <line class="axis" x1={0} x2={WIDTH} y1={y(0)} y2={y(0)} />
        <polyline class="threshold" points={thresholds} />
        <text class="threshold-name" x={SIDE} y={y(first?.threshold ?? 0) - 8}>
          {t().changedAbove}
        </text>
        <polyline class="distance" points={line(({ distance }) => distance)} />
        {checks.map((check, i) => (
          <circle
            key={check.count}
            class={check.distance > check.threshold ? 'is-over' : ''}
            cx={x(i)}
            cy={y(check.distance)}
            r={6}
          >
            <title>{`${timeOf(check.at)} · ${t().afterInputs(check.count)}`}</title>
          </circle>
        ))}
        {first && last && (
          <>
            <text class="tick" x={0} y={HEIGHT - 7}>
              {checks.length > 1 ? timeOf(first.at) : ''}
            </text>
            <text class="tick is-last" x={WIDTH} y={HEIGHT - 7}>
              {timeOf(last.at)}
            </text>
          </>
        )}
      </svg>
      <figcaption class="hint">{t().driftChartNote}</figcaption>
    </figure>
  );
}

/** What was found in the background, and what is found now if that is later. */
function withNow({ checks, distance, threshold, pValue, window, reference }: Drift): readonly Check[] {
  const latest = checks.at(-1);
  const isLater = window.to !== null && (!latest || window.to > latest.at);
  if (distance === null || threshold === null || pValue === null || window.to === null || !isLater)
    return checks;
  const count = Math.max(reference.size + window.size, (latest?.count ?? 0) + 1);
  return [...checks, { at: window.to, count, distance, threshold, pValue }];
}

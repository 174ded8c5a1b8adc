import type { Quality } from '../../client/index.ts';
import { t, timeOf } from '../words/words.ts';

const [WIDTH, HEIGHT, TOP, BOTTOM] = [800, 180, 26, 30];
const y = (share: number) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share;

/** How often answers were right, by the labels that people gave: ten at a time, each with its interval. */
export function Accuracy({ quality: { estimate, feedback, history } }: { quality: Quality }) {
  if (feedback?.measure !== 'accuracy') return null;
  const [from, to] = [history[0]?.from, history.at(-1)?.to].map((time) => time && timeOf(time));
  const x = (i: number) => (WIDTH * (i + 0.5)) / history.length;
  return (
    <section class="accuracy" aria-label={t().accuracyTitle}>
      <h3>{t().accuracyTitle}</h3>
      <p>{t().accuracyOf(Math.round(feedback.estimate * feedback.n), feedback.n)}</p>
      <figure class="drift-chart">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={t().accuracyChart(
            history.map((each) => `${Math.round(100 * each.estimate)} %`).join(', '),
          )}
        >
          {[0, 1].map((share) => (
            <line key={share} class="axis" x1={0} x2={WIDTH} y1={y(share)} y2={y(share)} />
          ))}
          {estimate?.measure === 'accuracy' && (
            <line
              class="threshold is-estimate"
              x1={0}
              x2={WIDTH}
              y1={y(estimate.estimate)}
              y2={y(estimate.estimate)}
            />
          )}
          {history.map(({ from: first, to: last, n, estimate: share, interval: [low = 0, high = 1] }, i) => (
            <g key={first}>
              <line class="interval-bar" x1={x(i)} x2={x(i)} y1={y(low)} y2={y(high)} />
              <circle cx={x(i)} cy={y(share)} r={7}>
                <title>{`${timeOf(first)}–${timeOf(last)} · ${t().accuracyOf(Math.round(share * n), n)}`}</title>
              </circle>
            </g>
          ))}
          <text class="tick" x={0} y={HEIGHT - 7}>
            {from}
          </text>
          <text class="tick is-last" x={WIDTH} y={HEIGHT - 7}>
            {to !== from && to}
          </text>
          <text class="tick" x={0} y={y(1) - 8}>
            100 %
          </text>
        </svg>
        <figcaption class="hint">{t().accuracyNote}</figcaption>
      </figure>
    </section>
  );
}

import { curves, type Dot, dots, setDots, steps, X_RANGE, Y_RANGE } from '../state/curve.ts';
import { t } from '../words/words.ts';

const [WIDTH, HEIGHT] = [600, 400];

const toX = (x: number) => (WIDTH * (x - X_RANGE[0])) / (X_RANGE[1] - X_RANGE[0]);
const toY = (y: number) => HEIGHT - (HEIGHT * (y - Y_RANGE[0])) / (Y_RANGE[1] - Y_RANGE[0]);
const rounded = (value: number) => Number(value.toFixed(2));
const line = (curve: readonly Dot[]) =>
  curve.map(({ x, y }) => `${toX(x).toFixed(1)},${toY(y).toFixed(1)}`).join(' ');

/** The curve before learning, the curve at the chosen step, and the points. A press adds a point. */
export function CurvePlot() {
  const before = curves.value.get(0);
  const after = curves.value.get(steps.value);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list of points beside it adds points by keyboard
    <svg
      class="plot"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={t().plot(dots.value.length, steps.value)}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const [u, v] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
        const x = rounded(X_RANGE[0] + u * (X_RANGE[1] - X_RANGE[0]));
        const y = rounded(Y_RANGE[1] - v * (Y_RANGE[1] - Y_RANGE[0]));
        setDots([...dots.value, { x, y }]);
      }}
    >
      {[-4, -2, 0, 2, 4].map((x) => (
        <line key={x} class={x === 0 ? 'axis' : 'rule'} x1={toX(x)} x2={toX(x)} y1={0} y2={HEIGHT} />
      ))}
      {[-4, -2, 0, 2, 4].map((y) => (
        <line key={y} class={y === 0 ? 'axis' : 'rule'} y1={toY(y)} y2={toY(y)} x1={0} x2={WIDTH} />
      ))}
      {before && <polyline class="before" points={line(before)} />}
      {after && <polyline class="after" points={line(after)} />}
      {dots.value.map(({ x, y }) => (
        <circle key={`${x} ${y}`} class="dot" cx={toX(x)} cy={toY(y)} r={7} />
      ))}
      {dots.value.length === 0 && (
        <text class="plot-hint" x={WIDTH / 2} y={HEIGHT / 2 - 16}>
          {t().pressToAdd}
        </text>
      )}
    </svg>
  );
}

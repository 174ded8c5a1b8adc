import { t } from '../words/words.ts';

/** The error on the examples before each step, as a line. */
export function Losses({ losses }: { losses: readonly number[] }) {
  if (losses.length < 2) return null;
  const top = Math.max(...losses, 1e-9);
  const points = losses.map((loss, i) => `${(100 * i) / (losses.length - 1)},${28 - 26 * (loss / top)}`);
  const [first = 0] = losses;
  const last = losses.at(-1) ?? 0;
  return (
    <figure class="losses">
      <svg viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label={t().losses(first, last)}>
        <polyline points={points.join(' ')} />
      </svg>
      <figcaption>{t().losses(first, last)}</figcaption>
    </figure>
  );
}

import type { Drift } from '../../client/index.ts';
import { t } from '../words/words.ts';

type Statistic = Drift['statistics'][number];
type Summary = Statistic['window'];

/** Number of kinds that are shown. */
const SHOWN = 3;
const LEAST = 0.005;

/** What has changed, as plain properties: before and now. */
export function Statistics({ drift }: { drift: Drift }) {
  return (
    <section class="statistics" aria-label={t().whatChanged}>
      <h3>{t().whatChanged}</h3>
      <ul>
        {drift.statistics
          .filter(({ isDrift }) => isDrift)
          .map(({ name, reference, window }) => (
            <li key={name}>
              <span>{nameOf(name)}</span>
              <span class="hint">{t().fromTo(describe(reference), describe(window))}</span>
            </li>
          ))}
      </ul>
    </section>
  );
}

const nameOf = (name: string) => (t().statistics as Readonly<Record<string, string>>)[name] ?? name;
const short = (value: number) => (Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(2)));

/** The middle of amounts, or the most frequent kinds. */
function describe({ median, shares = {} }: Summary): string {
  if (median !== undefined) return String(short(median));
  return Object.entries(shares)
    .filter(([, share]) => share >= LEAST)
    .slice(0, SHOWN)
    .map(([kind, share]) => `${kind} ${Math.round(100 * share)} %`)
    .join(', ');
}

import type { Adaptation } from '../../client/index.ts';
import { Icon } from '../parts/icons.tsx';
import { t } from '../words/words.ts';

/** How well it is likely to answer, as the service estimates it from the examples themselves. */
export function ReportCard({ adaptation }: { adaptation: Adaptation }) {
  const { report, selection, support } = adaptation;
  const isRegression = support.labels === undefined;
  const chosen = isRegression ? undefined : selection?.find((each) => each.chosen);
  // Before the report is computed, the estimate of the chosen head is shown.
  const accuracy = report?.accuracy ?? (report ? undefined : chosen);
  const [low = 0, high = 1] = accuracy?.interval ?? [];
  const n = report?.accuracy?.n ?? support.examples;
  const suspects = report?.suspects ?? [];
  const doubts = suspects.filter(({ position }) => position !== null);
  const pairs = suspects.flatMap(({ labels }) => (labels ? [labels] : []));
  return (
    <div class="report">
      {accuracy && (
        <>
          <p>
            {t().about(Math.round(accuracy.estimate * n), n, Math.round(100 * low), Math.round(100 * high))}
          </p>
          <svg class="interval" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="track" x="0" y="2" width="100" height="2" rx="1" />
            <rect class="range" x={100 * low} y="1" width={100 * (high - low)} height="4" rx="2" />
            <rect class="mark" x={99 * accuracy.estimate} y="0" width="1" height="6" />
          </svg>
        </>
      )}
      {report?.error && <p>{t().rootError(report.error.estimate)}</p>}
      {doubts.length > 0 && (
        <p>
          <Icon name="warning" size={14} /> {t().suspects(doubts.length)}
        </p>
      )}
      {pairs.map((labels) => (
        <p key={labels.join('\n')}>
          <Icon name="warning" size={14} /> {t().labelPair(labels.join(', '))}
        </p>
      ))}
      {(report?.next ?? []).slice(0, 1).map(({ label, examples }) => (
        <p key={label}>{t().next(label, examples)}</p>
      ))}
    </div>
  );
}

import { Losses } from '../parts/losses.tsx';
import { adapt, examplesChanged, isReady } from '../state/adapting.ts';
import type { Session } from '../state/session.ts';
import { t } from '../words/words.ts';
import { ReportCard } from './report.tsx';

/** Learning: automatic or by a button, its progress, and its result. */
export function AdaptBar({ session }: { session: Session }) {
  const { run, isAuto, adaptation } = session;
  const { phase } = run.value;
  return (
    <div class="card adapt-bar">
      <span class="row spread">
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            aria-checked={isAuto.value}
            checked={isAuto.value}
            onChange={({ currentTarget }) => {
              isAuto.value = currentTarget.checked;
              examplesChanged(session);
            }}
          />
          {t().adaptAsIAdd}
        </label>
        <button
          type="button"
          class="primary"
          disabled={!isReady(session) || phase === 'running'}
          onClick={() => adapt(session)}
        >
          {t().adapt}
        </button>
      </span>
      <p class={`status is-${phase}`} role="status">
        {statusOf(session)}
      </p>
      {run.value.phase === 'running' && <Losses losses={run.value.losses} />}
      {phase !== 'running' && adaptation.value && <Losses losses={adaptation.value.losses} />}
      {adaptation.value && <ReportCard adaptation={adaptation.value} />}
    </div>
  );
}

function statusOf(session: Session): string {
  const run = session.run.value;
  const adaptation = session.adaptation.value;
  if (run.phase === 'running') return t().learning(run.losses.length);
  if (run.phase === 'failed') return run.message;
  if (run.phase === 'done' && run.isHeld) return t().held;
  if (adaptation === null) return isReady(session) ? t().ready : t().needTwoLabels;
  const { support, timings, model } = adaptation;
  return t().learned(support.examples, timings.runMs ?? 0, model);
}

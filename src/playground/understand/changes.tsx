import { useEffect, useState } from 'preact/hooks';
import type { Drift, Quality } from '../../client/index.ts';
import { api, messageOf } from '../api/api.ts';
import type { Call } from '../api/call.ts';
import { CodeButton } from '../code/code-button.tsx';
import { Icon } from '../parts/icons.tsx';
import { reads, type Session } from '../state/session.ts';
import { t, timeOf } from '../words/words.ts';
import { Accuracy } from './accuracy.tsx';
import { DriftChart } from './drift-chart.tsx';
import { Statistics } from './statistics.tsx';

/** Time between two reads while it is shown. */
const REFRESH_MS = 5000;

/** The first inputs, which later ones are compared with, and the fewest of those. */
const [REFERENCE, ENOUGH] = [200, 25];

type Reference = Drift['reference']['kind'];

/** Whether inputs have changed, and how often answers were right, over time. */
export function Changes({ session }: { session: Session }) {
  const { task, monitors } = session;
  const [drift, setDrift] = useState<Drift | null>(null);
  const [quality, setQuality] = useState<Quality | null>(null);
  const [reference, setReference] = useState<Reference>('window');
  const [problem, setProblem] = useState('');
  // While the service switches: other answers must not show the former position again.
  const [asked, setAsked] = useState<boolean | null>(null);
  const isOn = asked ?? monitors.value;
  const current = session.adaptation.value?.id;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const refresh = async () => {
      try {
        const drifting = monitors.value ? api.drift(task, { reference }) : null;
        const [found, measured] = await reads(session, Promise.all([drifting, api.quality(task)]));
        if (isOver) return;
        setDrift(found);
        setQuality(measured);
        setProblem('');
      } catch (error) {
        setProblem(messageOf(error));
      }
      if (!isOver) timer = setTimeout(refresh, REFRESH_MS);
    };
    void refresh();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [task, monitors.value, reference, current]);

  const monitorCall: Call = {
    method: 'PUT',
    path: `tasks/${task}`,
    body: { json: { monitor: true } },
  };
  const monitor = async (wanted: boolean) => {
    setAsked(wanted);
    try {
      monitors.value = (await api.tasks.put(task, { monitor: wanted })).monitor;
      setDrift(null);
    } catch (error) {
      setProblem(messageOf(error));
    }
    setAsked(null);
  };
  return (
    <>
      <span class="row spread">
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={isOn}
            aria-checked={isOn}
            onChange={({ currentTarget }) => void monitor(currentTarget.checked)}
          />
          {t().monitor}
        </label>
        <span class="row">
          <CodeButton call={monitorCall} name={t().codeOfSwitch} isPlanned />
          {monitors.value && <CodeButton call={{ method: 'GET', path: `tasks/${task}/drift` }} />}
        </span>
      </span>
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {monitors.value ? (
        drift && (
          <>
            <State drift={drift} />
            {drift.reference.kind === 'window' && <DriftChart drift={drift} />}
            {drift.statistics.some(({ isDrift }) => isDrift) && <Statistics drift={drift} />}
            <span class="row">
              <span class="hint">{t().comparedWith}</span>
              <fieldset class="segments" aria-label={t().comparedWith}>
                {(['window', 'support'] as const).map((kind) => (
                  <button
                    type="button"
                    key={kind}
                    aria-pressed={reference === kind}
                    onClick={() => setReference(kind)}
                  >
                    {t().references[kind]}
                  </button>
                ))}
              </fieldset>
            </span>
          </>
        )
      ) : (
        <>
          <p>{t().monitorWhat}</p>
          <p class="hint">{t().monitorKept}</p>
        </>
      )}
      {quality && <Accuracy quality={quality} />}
    </>
  );
}

/** What was found, in a sentence. */
function State({ drift }: { drift: Drift }) {
  const { enough, isDrift, since, auc, window, reference } = drift;
  const isSupport = reference.kind === 'support';
  if (!enough) {
    const wanted = isSupport ? ENOUGH : REFERENCE + ENOUGH;
    const had = isSupport ? Math.min(reference.size, window.size) : reference.size + window.size;
    return (
      <div class="stack">
        <p role="status">
          {isSupport ? t().tooFewExamples(reference.size, window.size) : t().gathering(had, wanted)}
        </p>
        {!isSupport && <progress class="level is-wide" max={wanted} value={had} aria-label={t().monitor} />}
      </div>
    );
  }
  return (
    <div class={`drift-state ${isDrift ? 'is-drift' : ''}`}>
      <Icon name={isDrift ? 'warning' : 'check'} size={22} />
      <div>
        <p role="status">
          <strong>{t().driftState(isDrift, isSupport, window.size)}</strong>
        </p>
        <p class="hint">
          {since !== null && `${t().driftSince(timeOf(since))} `}
          {isDrift && auc !== null && t().toldApart(Math.round(100 * auc))}
          {!isDrift && t().noDriftNote}
        </p>
      </div>
    </div>
  );
}

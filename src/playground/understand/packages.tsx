import { useEffect, useState } from 'preact/hooks';
import { messageOf } from '../api/api.ts';
import { taskOfPackage } from '../api/page-tasks.ts';
import { CodeButton } from '../code/code-button.tsx';
import { Bars } from '../parts/bars.tsx';
import type { Session } from '../state/session.ts';
import { t } from '../words/words.ts';
import { type Answered, alternatives, askPackage } from './side-by-side.ts';

/** The same examples taught to all packages that read them, and the same question asked. */
export function PackagesSideBySide({ session }: { session: Session }) {
  const [names, setNames] = useState<readonly string[] | null>(null);
  const [answers, setAnswers] = useState<ReadonlyMap<string, Answered>>(new Map());
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const current = session.adaptation.value;
  useEffect(() => {
    if (current === null) return;
    void alternatives(current.model).then(setNames, () => setNames([]));
  }, [current?.model]);
  // Other examples have other answers.
  useEffect(() => setAnswers(new Map()), [current?.id]);

  if (names === null) return <p class="hint">{t().explaining}</p>;
  if (names.length < 2) return <p class="hint">{t().onePackage}</p>;
  const question = session.question.value;
  const compare = async () => {
    if (question === null) return;
    const { signal } = session.round;
    setBusy(true);
    setProblem('');
    const found = new Map<string, Answered>();
    for (const name of names) {
      try {
        found.set(name, await askPackage(session, name, question, signal));
        setAnswers(new Map(found));
      } catch (error) {
        if (signal.aborted) break;
        setProblem(`${name}: ${messageOf(error)}`);
      }
    }
    setBusy(false);
  };
  return (
    <>
      <span class="row spread">
        <p class="hint">{t().packagesWhat}</p>
        <CodeButton
          call={{ method: 'POST', path: `tasks/${taskOfPackage(session.task, names[0] ?? '')}/adapt` }}
        />
      </span>
      <span class="row">
        <button
          type="button"
          class="primary"
          disabled={isBusy || question === null}
          onClick={() => void compare()}
        >
          {t().compare(names.length)}
        </button>
        {question === null && <span class="hint">{t().askFirst}</span>}
      </span>
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <ul class="packages">
        {[...answers].map(([name, { prediction, adaptation, ms }]) => (
          <li key={name}>
            <h3>{name}</h3>
            <Bars probabilities={prediction.probabilities ?? {}} chosen={prediction.label ?? null} />
            <p class="hint">
              {t().packageTimes(adaptation.timings.runMs ?? 0, ms)}
              {adaptation.report?.accuracy &&
                ` · ${t().estimate(Math.round(100 * adaptation.report.accuracy.estimate))}`}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}

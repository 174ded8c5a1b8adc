import type { Prediction } from '../../client/index.ts';
import { Bars } from '../parts/bars.tsx';
import { Icon } from '../parts/icons.tsx';
import { numberOf } from '../parts/number.ts';
import type { Session } from '../state/session.ts';
import { t } from '../words/words.ts';
import { Correct } from './correct.tsx';
import { Why } from './why.tsx';

/** From this novelty on, the answer comes with a word of doubt. */
const UNUSUAL = 0.85;

/** The answer to the last question: the label or the number, how sure it is, and a way to correct it. */
export function AnswerCard({ session }: { session: Session }) {
  const { answer, adaptation, question } = session;
  if (answer.value.phase === 'failed')
    return (
      <p class="problem" role="alert">
        {answer.value.message}
      </p>
    );
  if (adaptation.value === null)
    return <p class="hint waiting">{session.run.value.phase === 'running' ? t().almost : t().teachFirst}</p>;
  if (answer.value.phase === 'none' || question.value === null)
    return <p class="hint waiting">{t().askFirst}</p>;
  const { prediction, ms, input } = answer.value;
  return (
    <div class="answer">
      <p class="verdict" aria-live="polite">
        <Verdict prediction={prediction} />
      </p>
      {prediction.probabilities && (
        <Bars probabilities={prediction.probabilities} chosen={prediction.label ?? null} />
      )}
      <p class="hint">{t().tookMs(Math.max(1, Math.round(ms)))}</p>
      {prediction.label !== null && (prediction.novelty ?? 0) > UNUSUAL && <p class="hint">{t().unusual}</p>}
      {prediction.warnings.map(({ code, detail }) => (
        <p class="note" key={code}>
          <Icon name="warning" size={16} /> {detail}
        </p>
      ))}
      <Why session={session} input={input} />
      <Correct session={session} prediction={prediction} />
    </div>
  );
}

function Verdict({ prediction }: { prediction: Prediction }) {
  const { label, probabilities = {}, value, best, reason } = prediction;
  if (label === undefined) return <strong>{numberOf(value)}</strong>;
  if (label === null) {
    return (
      <>
        <strong>{t().noneOfThese}</strong>
        {best !== undefined && <span class="share">{t().nearest(best)}</span>}
        {reason !== undefined && <span class="reason">{t().reasons[reason]}</span>}
      </>
    );
  }
  return (
    <>
      <strong>{label}</strong>
      <span class="share">{Math.round(100 * (probabilities[label] ?? 0))} %</span>
    </>
  );
}

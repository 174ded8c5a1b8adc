import { CodeButton } from '../code/code-button.tsx';
import { LookOf } from '../parts/look.tsx';
import { ask, askAgain, mayReject } from '../state/asking.ts';
import type { Session } from '../state/session.ts';
import { t } from '../words/words.ts';
import { AnswerCard } from './answer.tsx';
import { Question } from './question.tsx';

/** The second half of the page: a question, and the answer that moves with it. */
export function Ask({ session }: { session: Session }) {
  const { adaptation, question, suggestions, version } = session;
  const isTaught = adaptation.value !== null;
  return (
    <section class="ask" aria-labelledby="ask-title">
      <header class="part-title">
        <h2 id="ask-title">
          <span class="step">2</span> {t().ask}
        </h2>
        <CodeButton call={{ method: 'POST', path: `tasks/${session.task}/predict` }} />
      </header>
      <div class={`card ask-card ${isTaught ? '' : 'is-waiting'}`}>
        {version.value !== null && (
          <p class="note">
            {t().asksOlder}{' '}
            <button
              type="button"
              class="link"
              onClick={() => {
                version.value = null;
                askAgain(session);
              }}
            >
              {t().useNewest}
            </button>
          </p>
        )}
        <Question session={session} />
        {suggestions.value.length > 0 && (
          <div class="suggestions">
            <p class="hint">{t().notSeen}</p>
            <ul>
              {suggestions.value.map((input, i) => (
                <li key={input.look.kind === 'text' ? input.look.text : input.look.url}>
                  {input.look.kind === 'sound' ? (
                    <span class="row">
                      <LookOf look={input.look} name={t().sampleNumber(i + 1)} />
                      <button
                        type="button"
                        aria-pressed={question.value === input}
                        onClick={() => ask(session, input)}
                      >
                        {t().askThis}
                      </button>
                    </span>
                  ) : (
                    <button
                      type="button"
                      class="suggestion"
                      aria-pressed={question.value === input}
                      onClick={() => ask(session, input)}
                    >
                      <LookOf look={input.look} name={t().sampleNumber(i + 1)} />
                    </button>
                  )}
                </li>
              ))}
            </ul>
          </div>
        )}
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={mayReject.value}
            aria-checked={mayReject.value}
            onChange={({ currentTarget }) => {
              mayReject.value = currentTarget.checked;
              askAgain(session);
            }}
          />
          {t().allowNone}
        </label>
        <AnswerCard session={session} />
      </div>
    </section>
  );
}

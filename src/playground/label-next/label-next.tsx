import { useEffect, useRef } from 'preact/hooks';
import { CodeButton } from '../code/code-button.tsx';
import {
  currentOf,
  flush,
  giveAnswer,
  keepCall,
  labelsOf,
  queueOf,
  refill,
  setKeeping,
  skip,
  undo,
} from '../state/queue.ts';
import type { Session } from '../state/session.ts';
import { t } from '../words/words.ts';
import { Bring } from './bring.tsx';
import { QueueCard } from './queue-card.tsx';

/** The kept predictions to label, one after the other, by keys or by buttons. */
export function LabelNext({ session }: { session: Session }) {
  const { task, keeps, answer } = session;
  const queue = queueOf(session);
  const card = useRef<HTMLDivElement>(null);
  const item = currentOf(queue);
  const answered = answer.value.phase === 'answered' ? answer.value.prediction.id : undefined;

  // The latest question may need a label, too.
  useEffect(() => {
    if (keeps.value && currentOf(queue) === undefined) void refill(session);
  }, [session, keeps.value, answered]);
  useEffect(() => {
    const leave = () => flush(session);
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, [session]);
  // Keys work where the focus is. It stays with somebody who types elsewhere.
  useEffect(() => {
    const { activeElement, body } = document;
    const isHere = activeElement === body || card.current?.closest('.inside')?.contains(activeElement);
    if (queue.items.value !== null && isHere) card.current?.focus({ preventScroll: true });
  }, [session, queue.items.value !== null, item === undefined]);

  if (!keeps.value) {
    return (
      <>
        <p>{t().queueWhat}</p>
        <p class="hint">{t().keepWhat}</p>
        <Problem text={queue.problem.value} />
        <span class="row">
          <button type="button" class="primary" onClick={() => void setKeeping(session, true)}>
            {t().keep}
          </button>
          <CodeButton call={keepCall(session, true)} isPlanned />
        </span>
      </>
    );
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
    const label = labelsOf(session)[Number(event.key) - 1];
    const key = event.key.toLowerCase();
    if (label !== undefined && item?.prediction.probabilities) giveAnswer(session, { label });
    else if (key === 's') skip(session);
    else if (key === 'u') undo(session);
    else if (key === 'n') card.current?.querySelector<HTMLButtonElement>('.is-new')?.click();
    else return;
    event.preventDefault();
    card.current?.focus({ preventScroll: true });
  };
  return (
    <>
      <span class="row spread">
        <p class="hint">
          {t().queueWhat}{' '}
          <button type="button" class="link" onClick={() => void setKeeping(session, false)}>
            {t().stopKeeping}
          </button>
        </p>
        <span class="row">
          <CodeButton call={{ method: 'GET', path: `tasks/${task}/review` }} />
          <CodeButton call={{ method: 'POST', path: `tasks/${task}/feedback` }} name={t().codeOfLabels} />
        </span>
      </span>
      <Problem text={queue.unread.value} />
      <Problem text={queue.problem.value} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot take the focus */}
      <div
        ref={card}
        class="queue"
        role="group"
        tabIndex={-1}
        aria-label={t().parts.label}
        onKeyDown={onKeyDown}
      >
        {item && (
          <QueueCard
            key={item.prediction.id}
            session={session}
            item={item}
            onDone={() => card.current?.focus({ preventScroll: true })}
          />
        )}
        {!item && queue.items.value !== null && (
          <Bring session={session} isDone={queue.items.value.length > 0} />
        )}
      </div>
    </>
  );
}

function Problem({ text }: { text: string }) {
  if (text === '') return null;
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}

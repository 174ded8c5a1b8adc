import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Bars } from '../parts/bars.tsx';
import { Icon } from '../parts/icons.tsx';
import { Key } from '../parts/key.tsx';
import { LookOf } from '../parts/look.tsx';
import { numberOf } from '../parts/number.ts';
import { type Input, MAX_LABEL_LENGTH } from '../state/labels.ts';
import { giveAnswer, labelsOf, type QueueItem, queueOf, skip, undo } from '../state/queue.ts';
import { inOrderOf } from '../state/rows.ts';
import type { Session } from '../state/session.ts';
import { t } from '../words/words.ts';

interface Props {
  readonly session: Session;
  readonly item: QueueItem;
  /** Is called after a field was left, so that keys work again. */
  readonly onDone: () => void;
}

/** One item: its input, the predicted answer, and the labels to choose from. */
export function QueueCard({ session, item, onDone }: Props) {
  const { prediction } = item;
  const queue = queueOf(session);
  const [input, setInput] = useState<Input | null | undefined>(undefined);
  useEffect(() => {
    void item.input.then(setInput);
  }, [item]);
  const said = queue.said.value.get(prediction.id);
  const left = (queue.items.value?.length ?? 0) - queue.at.value;
  const { probabilities, value } = prediction;
  const reason = reasonOf(prediction);
  return (
    <>
      <p class="queue-place" role="status">
        <span class="sr">{previousOf(session)} </span>
        {t().queueLeft(left)}
        {reason && <span class="hint"> · {t().reviewReasons[reason]}</span>}
      </p>
      <div class="queue-item">
        <div class="queue-look">
          {input === undefined && <p class="hint">{t().explaining}</p>}
          {input === null && <p class="hint">{t().notKept}</p>}
          {input && <Shown session={session} input={input} />}
        </div>
        <div class="stack">
          <p class="hint">{t().itAnswered}</p>
          {probabilities ? (
            <Bars probabilities={probabilities} chosen={prediction.label ?? null} />
          ) : (
            <strong class="queue-number">{numberOf(value)}</strong>
          )}
        </div>
      </div>
      {said && <p class="note">{t().saidBefore(said.label ?? String(said.target))}</p>}
      {input !== null && <Choices session={session} isLabel={probabilities !== undefined} onDone={onDone} />}
      <span class="row">
        <button type="button" aria-keyshortcuts="S" onClick={() => skip(session)}>
          {t().skipItem} <Key>S</Key>
        </button>
        <button
          type="button"
          aria-keyshortcuts="U"
          disabled={queue.at.value === 0}
          onClick={() => undo(session)}
        >
          <Icon name="undo" size={16} /> {t().undo} <Key>U</Key>
        </button>
        <span class="hint previous" aria-hidden="true">
          {previousOf(session)}
        </span>
      </span>
    </>
  );
}

/** From this novelty on, and below this difference of the two likeliest labels, the reason is shown. */
const [NOVEL, UNCERTAIN] = [0.85, 0.35];

/** The main reason. The first of a few items need not be uncertain or novel at all. */
function reasonOf({ reasons, probabilities = {}, novelty }: QueueItem['prediction']) {
  const [first = 1, second = 0] = Object.values(probabilities).sort((a, b) => b - a);
  return reasons.find(
    (reason) =>
      reason === 'rare_label' || (reason === 'novel' ? (novelty ?? 0) >= NOVEL : first - second <= UNCERTAIN),
  );
}

/** Describes the answer that was given for the previous item. */
export function previousOf(session: Session): string {
  const { items, at, said } = queueOf(session);
  const before = items.value?.[at.value - 1];
  if (!before) return '';
  const outcome = said.value.get(before.prediction.id);
  return outcome ? t().saidOf(outcome.label ?? String(outcome.target)) : t().skipped;
}

function Shown({ session, input: { look } }: { session: Session; input: Input }) {
  if (look.kind === 'picture') return <img class="asked" src={look.url} alt={t().pictureToLabel} />;
  if (look.kind !== 'text') return <LookOf look={look} name={t().soundToLabel} />;
  if (!look.cells) return <blockquote>{look.text}</blockquote>;
  return (
    <dl>
      {inOrderOf(session, look.cells).map(([name, cell]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{cell}</dd>
        </div>
      ))}
    </dl>
  );
}

function Choices({ session, isLabel, onDone }: { session: Session; isLabel: boolean; onDone: () => void }) {
  const [isNew, setNew] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  // Before the next key, which is the first letter of the label.
  useLayoutEffect(() => {
    if (isNew) field.current?.focus();
  }, [isNew]);
  const labels = isLabel ? labelsOf(session) : [];
  const name = isLabel ? t().newLabel : t().rightNumber;
  const give = () => {
    const text = field.current?.value.trim() ?? '';
    if (text === '' || (!isLabel && !Number.isFinite(Number(text)))) return;
    giveAnswer(session, isLabel ? { label: text } : { target: Number(text) });
    onDone();
  };
  return (
    <fieldset class="correct">
      <legend>{t().whatIsIt}</legend>
      <span class="chips">
        {labels.map((label, i) => (
          <button
            type="button"
            class="chip"
            key={label}
            {...(i < 9 && { 'aria-keyshortcuts': String(i + 1) })}
            onClick={() => {
              giveAnswer(session, { label });
              onDone();
            }}
          >
            {i < 9 && <Key>{i + 1}</Key>} {label}
          </button>
        ))}
        {isNew ? (
          <form
            class="row"
            onSubmit={(event) => {
              event.preventDefault();
              give();
            }}
          >
            <input
              ref={field}
              maxLength={MAX_LABEL_LENGTH}
              aria-label={name}
              placeholder={name}
              {...(!isLabel && { inputMode: 'decimal' as const })}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return;
                setNew(false);
                onDone();
              }}
            />
            <button type="submit">{t().add}</button>
          </form>
        ) : (
          <button type="button" class="chip is-new" aria-keyshortcuts="N" onClick={() => setNew(true)}>
            <Key>N</Key> {name}
          </button>
        )}
      </span>
    </fieldset>
  );
}

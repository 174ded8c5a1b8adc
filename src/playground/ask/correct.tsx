import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Prediction } from '../../client/index.ts';
import { Icon } from '../parts/icons.tsx';
import { MAX_LABEL_LENGTH } from '../state/labels.ts';
import type { Session } from '../state/session.ts';
import { correct } from '../state/teaching.ts';
import { t } from '../words/words.ts';

/** Teaches the right label in one press. */
export function Correct({ session, prediction }: { session: Session; prediction: Prediction }) {
  const [isNew, setNew] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (isNew) field.current?.focus();
  }, [isNew]);
  const { probabilities } = prediction;
  const names = Object.keys(probabilities ?? {});
  const named = probabilities ? t().newLabel : t().rightNumber;
  const teach = (text: string) => {
    if (text === '' || (!probabilities && !Number.isFinite(Number(text)))) return;
    setNew(false);
    void correct(session, probabilities ? { label: text } : { target: Number(text) });
  };
  return (
    <fieldset class="correct">
      <legend>{t().itIs}</legend>
      <span class="chips">
        {names.map((name) => (
          <button type="button" class="chip" key={name} onClick={() => teach(name)}>
            {name === prediction.label && <Icon name="check" size={14} />} {name}
          </button>
        ))}
        {isNew ? (
          <form
            class="row"
            onSubmit={(event) => {
              event.preventDefault();
              teach(field.current?.value.trim() ?? '');
            }}
          >
            <input ref={field} maxLength={MAX_LABEL_LENGTH} aria-label={named} placeholder={named} />
            <button type="submit">{t().add}</button>
          </form>
        ) : (
          <button type="button" class="chip is-new" onClick={() => setNew(true)}>
            <Icon name="plus" size={14} /> {named}
          </button>
        )}
      </span>
    </fieldset>
  );
}

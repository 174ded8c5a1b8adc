import { useRef } from 'preact/hooks';
import { answerKey, asking, key } from '../api/key.ts';
import { t } from '../words/words.ts';
import { Dialog } from './dialog.tsx';

/** Asks for the key of the API. */
export function KeyDialog() {
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog
      isOpen={asking.value !== null}
      title={t().keyTitle}
      class="narrow"
      onClose={() => {
        if (asking.value !== null) answerKey(null);
      }}
    >
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          const value = field.current?.value.trim();
          if (value) answerKey(value);
        }}
      >
        <p>{t().keyWhy}</p>
        {asking.value?.refused && (
          <p class="problem" role="alert">
            {t().keyRefused}
          </p>
        )}
        <label class="field">
          {t().key}
          <input ref={field} type="password" autocomplete="off" placeholder="il_…" required />
        </label>
        <span class="row">
          <button type="submit" class="primary">
            {t().useKey}
          </button>
          {key.value !== null && (
            <button type="button" onClick={() => answerKey(null, true)}>
              {t().forgetKey}
            </button>
          )}
        </span>
      </form>
    </Dialog>
  );
}

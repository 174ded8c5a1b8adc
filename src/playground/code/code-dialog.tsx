import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { base } from '../api/api.ts';
import type { Call } from '../api/call.ts';
import { key } from '../api/key.ts';
import { idOf, type Sent, sent } from '../api/sent.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icons.tsx';
import { t } from '../words/words.ts';
import { copyText } from './clipboard.ts';
import { LANGUAGES, type Language, shortened, snippetOf } from './snippets.ts';

/** The id of the call that is shown; null while the dialog is closed. */
export const shown = signal<string | null>(null);

/** A call that can be shown before it is sent. */
export const planned = signal<Call | null>(null);

const language = signal<Language>('curl');

/** The latest calls of the page, each as a command or a program that makes the same call. */
export function CodeDialog() {
  const current = sent.value.find(({ call }) => idOf(call) === shown.value);
  const isPlanned = planned.value !== null && idOf(planned.value) === shown.value;
  const call = (isPlanned ? planned.value : current?.call) ?? sent.value[0]?.call;
  return (
    <Dialog
      isOpen={shown.value !== null}
      title={t().callsTitle}
      onClose={() => {
        shown.value = null;
      }}
    >
      {call ? (
        <div class="calls">
          <Snippet call={call} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <ul tabIndex={0} aria-label={t().calls}>
            {sent.value.map((each) => (
              <li key={idOf(each.call)}>
                <button
                  type="button"
                  class="call"
                  aria-pressed={each.call === call}
                  onClick={() => {
                    planned.value = null;
                    shown.value = idOf(each.call);
                  }}
                >
                  <CallLine sent={each} />
                </button>
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <p class="hint">{t().noCalls}</p>
      )}
    </Dialog>
  );
}

function CallLine({ sent: { call, status, ms } }: { sent: Sent }) {
  return (
    <>
      <span class="method">{call.method}</span> <span class="path">/{call.path}</span>
      <span class="hint">
        {status} · {Math.max(1, Math.round(ms))} ms
      </span>
    </>
  );
}

function Snippet({ call }: { call: Call }) {
  /** Null: nobody has pressed the button yet. */
  const [isCopied, setCopied] = useState<boolean | null>(null);
  useEffect(() => setCopied(null), [call, language.value]);
  const place = { base: base(), withKey: key.value !== null };
  const text = snippetOf[language.value](waiting(call), place);
  return (
    <div class="snippet">
      <span class="row spread">
        <fieldset class="segments" aria-label={t().language}>
          {LANGUAGES.map((each) => (
            <button
              type="button"
              key={each}
              aria-pressed={language.value === each}
              onClick={() => {
                language.value = each;
              }}
            >
              {each}
            </button>
          ))}
        </fieldset>
        <button
          type="button"
          class="primary"
          onClick={({ currentTarget }) => void copyText(text, currentTarget).then(setCopied)}
        >
          <Icon name={isCopied ? 'check' : 'copy'} size={16} /> {isCopied ? t().copied : t().copy}
        </button>
      </span>
      {isCopied === false && (
        <p class="problem" role="alert">
          {t().notCopied}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label={t().asCode(language.value)}>
        <pre>
          <code>{shortened(text)}</code>
        </pre>
      </section>
      {key.value !== null && <p class="hint">{t().keyVariable}</p>}
      {call.path.endsWith('/adapt') && <p class="hint">{t().waitNote}</p>}
    </div>
  );
}

/** A program has no page that follows the events, so its call to adapt waits for the result. */
const waiting = (call: Call): Call =>
  call.path.endsWith('/adapt') ? { ...call, headers: { ...call.headers, Prefer: 'wait=10' } } : call;

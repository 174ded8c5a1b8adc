import { useEffect, useState } from 'preact/hooks';
import type { Prediction } from '../../client/index.ts';
import { apiFor, messageOf } from '../api/api.ts';
import { CodeButton } from '../code/code-button.tsx';
import { LookOf } from '../parts/look.tsx';
import { trialOf } from '../state/asking.ts';
import type { Input } from '../state/labels.ts';
import { reads, type Session } from '../state/session.ts';
import { storedExample } from '../state/stored.ts';
import { t } from '../words/words.ts';

const SHOWN = 3;

type Explanation = NonNullable<Prediction['explanation']>;
type InputExplanation = Explanation['input'];

/** The explanation of the answer. It is requested by a button, because it takes as long as many predictions. */
export function Why({ session, input }: { session: Session; input: Input }) {
  const [found, setFound] = useState<Explanation | null>(null);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    setFound(null);
    setProblem('');
  }, [input, session.adaptation.value]);

  const explain = async () => {
    setBusy(true);
    try {
      const options = { explain: true, ...trialOf(session) };
      const { predictions } = await reads(session, apiFor.why.predict(session.task, [input.value], options));
      setFound(predictions[0]?.explanation ?? null);
    } catch (error) {
      setProblem(messageOf(error));
    }
    setBusy(false);
  };

  if (found === null) {
    return (
      <span class="row">
        <button type="button" disabled={isBusy} onClick={() => void explain()}>
          {isBusy ? t().explaining : t().why}
        </button>
        {problem !== '' && <span class="problem">{problem}</span>}
      </span>
    );
  }
  return (
    <section class="why" aria-label={t().why}>
      <span class="row spread">
        <h3>{t().becauseOf}</h3>
        <CodeButton call={{ method: 'POST', path: `tasks/${session.task}/predict`, purpose: 'why' }} />
      </span>
      <ul>
        {found.examples.slice(0, SHOWN).map(({ id, label = '', share }) => (
          <li key={id}>
            <Stored task={session.task} id={id} name={label} />
            <span class="hint">
              {label} · {Math.round(100 * share)} %
            </span>
          </li>
        ))}
      </ul>
      <Parts explained={found.input} input={input} />
    </section>
  );
}

function Stored({ task, id, name }: { task: string; id: string; name: string }) {
  const [input, setInput] = useState<Input | null>(null);
  useEffect(() => {
    void storedExample(task, id).then(setInput, () => null);
  }, [task, id]);
  return input && <LookOf look={input.look} name={name} />;
}

/** The parts of the input that support the answer. */
function Parts({ explained, input: { look } }: { explained: InputExplanation; input: Input }) {
  if (explained.kind === 'text' && look.kind === 'text') {
    const top = Math.max(...explained.parts.map(({ contribution }) => contribution), 1e-9);
    return (
      <p class="words">
        {explained.parts.map(({ start, end, contribution }) => (
          <span key={start} style={{ '--weight': Math.max(0, contribution / top).toFixed(2) }}>
            {look.text.slice(start, end)}
          </span>
        ))}
      </p>
    );
  }
  if (explained.kind === 'row') {
    const sorted = [...explained.columns].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
    return (
      <ul class="columns">
        {sorted.map(({ name, contribution }) => (
          <li key={name}>
            {name} <strong>{`${contribution >= 0 ? '+' : '−'}${Math.abs(contribution).toFixed(2)}`}</strong>
          </li>
        ))}
      </ul>
    );
  }
  if (explained.kind === 'audio') {
    const top = Math.max(...explained.parts.map(({ contribution }) => Math.abs(contribution)), 1e-9);
    return (
      <figure class="heard">
        <ol class="moments">
          {explained.parts.map(({ fromSeconds, toSeconds, contribution }) => (
            <li
              key={fromSeconds}
              class={contribution < 0 ? 'is-against' : ''}
              style={{ '--weight': Math.abs(contribution / top).toFixed(2) }}
              title={t().moment(fromSeconds, toSeconds)}
            >
              <span class="sr">{`${t().moment(fromSeconds, toSeconds)}: ${contribution.toFixed(2)}`}</span>
            </li>
          ))}
        </ol>
        <figcaption class="hint">{t().momentsNote}</figcaption>
      </figure>
    );
  }
  if (explained.kind === 'image' && look.kind === 'picture')
    return <Overlay url={look.url} overlay={explained.overlay} />;
  return null;
}

/** The picture under the colours of the explanation. The page loads no `data:` URLs, so the overlay becomes a file. */
function Overlay({ url, overlay }: { url: string; overlay: string }) {
  const [file, setFile] = useState('');
  useEffect(() => {
    const bytes = Uint8Array.from(atob(overlay.slice(overlay.indexOf(',') + 1)), (each) =>
      each.charCodeAt(0),
    );
    const made = URL.createObjectURL(new Blob([bytes], { type: 'image/png' }));
    setFile(made);
    return () => URL.revokeObjectURL(made);
  }, [overlay]);
  return (
    <figure class="overlay">
      <span>
        <img src={url} alt={t().askedPicture} />
        {file !== '' && <img src={file} alt="" />}
      </span>
      <figcaption class="hint">{t().overlayNote}</figcaption>
    </figure>
  );
}

import { useState } from 'preact/hooks';
import type { FoundFile } from '../media/dropped.ts';
import { Drop } from '../parts/drop.tsx';
import { Icon } from '../parts/icons.tsx';
import { LookOf } from '../parts/look.tsx';
import { type Example, type Label, MAX_LABEL_LENGTH } from '../state/labels.ts';
import type { Session } from '../state/session.ts';
import { addInputs, canRemove, removeExample, removeLabel, renameLabel } from '../state/teaching.ts';
import { t } from '../words/words.ts';
import { Capture } from './capture.tsx';
import { inputsOf } from './inputs-of-files.ts';
import { type Suspect, suspectsOf } from './suspects.ts';

/** A label with its examples, and the way to add more. */
export function LabelCard({ session, label }: { session: Session; label: Label }) {
  const { name, examples } = label;
  const [problem, setProblem] = useState('');
  /** The name while it is typed: learning draws the card again, and must not undo it. */
  const [typed, setTyped] = useState<string | null>(null);
  const take = async (files: FoundFile[]) => {
    const { byLabel, problem: unread } = await inputsOf(session.kind, files, name);
    for (const [folder, inputs] of byLabel) addInputs(session, folder, inputs);
    setProblem(unread);
  };
  const isFixed = session.isPartial.value && examples.every(({ key }) => session.accepted.has(key));
  const suspects = suspectsOf(session);
  const run = session.run.value;
  const refusedKey = run.phase === 'failed' ? run.refused : undefined;
  return (
    <Drop class={`card label-card is-${session.kind}`} onFiles={(files) => void take(files)}>
      <header>
        {isFixed ? (
          <strong class="label-name">{name}</strong>
        ) : (
          <input
            class="label-name"
            value={typed ?? name}
            title={t().rename}
            maxLength={MAX_LABEL_LENGTH}
            aria-label={t().labelName}
            onFocus={({ currentTarget }) => currentTarget.select()}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            onChange={({ currentTarget }) => {
              setTyped(null);
              if (!renameLabel(session, label.key, currentTarget.value.trim())) currentTarget.value = name;
            }}
          />
        )}
        <span class="count">
          {isFixed && examples.length === 0 ? t().kept : t().examples(examples.length)}
        </span>
        {!isFixed && (
          <button
            type="button"
            class="quiet square"
            title={t().removeLabel(name)}
            onClick={() => removeLabel(session, label.key)}
          >
            <Icon name="close" size={16} />
            <span class="sr">{t().removeLabel(name)}</span>
          </button>
        )}
      </header>
      <Capture session={session} label={label} onFiles={(files) => void take(files)} />
      {examples.length > 0 && (
        <ul class={`examples of-${session.kind}`}>
          {examples.map((example) => (
            <li
              key={example.key}
              class={suspects.has(example.key) || example.key === refusedKey ? 'is-suspect' : ''}
            >
              <LookOf look={example.look} name={name} />
              {example.key === refusedKey && <Doubt text={t().refusedExample} />}
              {suspects.has(example.key) && <Doubt text={doubtOf(suspects.get(example.key))} />}
              {canRemove(session, example.key) && (
                <Remove session={session} label={label} example={example} />
              )}
            </li>
          ))}
        </ul>
      )}
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </Drop>
  );
}

const doubtOf = (suspect?: Suspect) => (suspect ? t().issues[suspect.issue](suspect.suggested ?? '') : '');

function Doubt({ text }: { text: string }) {
  return (
    <span class="suspect" title={text}>
      <Icon name="warning" size={14} />
      <span class="sr">{text}</span>
    </span>
  );
}

function Remove({ session, label, example }: { session: Session; label: Label; example: Example }) {
  return (
    <button
      type="button"
      class="remove"
      title={t().removeExample}
      onClick={() => removeExample(session, label.key, example.key)}
    >
      <Icon name="close" size={12} />
      <span class="sr">{t().removeExample}</span>
    </button>
  );
}

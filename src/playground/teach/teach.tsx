import { useState } from 'preact/hooks';
import { CodeButton } from '../code/code-button.tsx';
import type { FoundFile } from '../media/dropped.ts';
import { Chooser, Drop } from '../parts/drop.tsx';
import { Icon } from '../parts/icons.tsx';
import { isEmpty, type Session } from '../state/session.ts';
import { addInputs, addLabel, startAgain, trySample } from '../state/teaching.ts';
import { t } from '../words/words.ts';
import { AdaptBar } from './adapt-bar.tsx';
import { inputsOf } from './inputs-of-files.ts';
import { LabelCard } from './label-card.tsx';
import { OwnTable, openTable, TeachTable } from './table.tsx';

/** The first half of the page: labels and their examples. */
export function Teach({ session }: { session: Session }) {
  const { kind, labels, table, notDeleted } = session;
  const [problem, setProblem] = useState('');
  const take = async (files: FoundFile[]) => {
    if (kind === 'table') return openTable(session, files);
    const { byLabel, problem: unread } = await inputsOf(kind, files, t().label);
    for (const [name, inputs] of byLabel) addInputs(session, name, inputs);
    setProblem(unread);
  };
  return (
    <section class="teach" aria-labelledby="teach-title">
      <header class="part-title">
        <h2 id="teach-title">
          <span class="step">1</span> {t().teach}
        </h2>
        {!isEmpty(session) && (
          <span class="row">
            <CodeButton call={{ method: 'POST', path: `tasks/${session.task}/adapt` }} />
            <button type="button" class="quiet" onClick={() => void startAgain(session)}>
              {t().startOver}
            </button>
          </span>
        )}
      </header>
      {session.isKept.value && <p class="note">{t().stillKnown}</p>}
      {isEmpty(session) ? (
        <Drop class="card empty" onFiles={(files) => void take(files)}>
          <Begin session={session} onFiles={(files) => void take(files)} />
        </Drop>
      ) : (
        <Drop onFiles={(files) => void take(files)}>
          {table.value && <TeachTable session={session} table={table.value} />}
          {labels.value.map((label) => (
            <LabelCard key={label.key} session={session} label={label} />
          ))}
          {kind !== 'table' && (
            <button type="button" class="add-label" onClick={() => addLabel(session, t().label)}>
              <Icon name="plus" size={18} /> {t().addLabel}
            </button>
          )}
        </Drop>
      )}
      {[problem, notDeleted.value].map(
        (text) =>
          text !== '' && (
            <p class="problem" role="alert" key={text}>
              {text}
            </p>
          ),
      )}
      {!isEmpty(session) && <AdaptBar session={session} />}
    </section>
  );
}

function Begin({ session, onFiles }: { session: Session; onFiles: (files: FoundFile[]) => void }) {
  const { kind } = session;
  return (
    <>
      <p class="lead">{t().beginWith[kind]}</p>
      <span class="row">
        <button type="button" class="primary" onClick={() => void trySample(session)}>
          <Icon name="spark" size={18} /> {t().tryExample}
        </button>
        {kind === 'table' ? (
          <OwnTable session={session} />
        ) : (
          <button
            type="button"
            onClick={() => {
              addLabel(session, t().label);
              addLabel(session, t().label);
            }}
          >
            {t().useOwn}
          </button>
        )}
      </span>
      {kind === 'photos' && <FolderHint onFiles={onFiles} />}
    </>
  );
}

function FolderHint({ onFiles }: { onFiles: (files: FoundFile[]) => void }) {
  return (
    <p class="hint">
      {t().dropFolders}{' '}
      <Chooser folders onFiles={onFiles}>
        {t().chooseFolder}
      </Chooser>
    </p>
  );
}

import { useEffect, useState } from 'preact/hooks';
import type { Adaptation } from '../../client/index.ts';
import { api, firstOf, messageOf } from '../api/api.ts';
import { CodeButton } from '../code/code-button.tsx';
import { askAgain } from '../state/asking.ts';
import type { Session } from '../state/session.ts';
import { t, timeOf } from '../words/words.ts';

const SHOWN = 8;

/** The adaptations of the task: ask an older one, or go back to it. */
export function Versions({ session }: { session: Session }) {
  const { task, adaptation, version } = session;
  const [versions, setVersions] = useState<readonly Adaptation[]>([]);
  const [problem, setProblem] = useState('');
  const current = adaptation.value?.id;
  useEffect(() => {
    void firstOf(api.adaptations.list(task, { pageSize: SHOWN }), SHOWN).then(
      (found) => setVersions(found.filter(({ status }) => status === 'succeeded')),
      () => null,
    );
  }, [task, current]);

  const askVersion = (id: string) => {
    version.value = id === current ? null : id;
    askAgain(session);
  };
  const goBack = async (id: string) => {
    setProblem('');
    try {
      adaptation.value = await api.adaptations.activate(task, id);
      version.value = null;
      askAgain(session);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  return (
    <>
      <span class="row spread">
        <p class="hint">{t().versionsWhat}</p>
        <CodeButton call={{ method: 'GET', path: `tasks/${task}/adaptations` }} />
      </span>
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <ol class="versions">
        {versions.map(({ id, createdAt, support, model }) => (
          <li key={id} class={id === (version.value ?? current) ? 'is-asked' : ''}>
            <span>
              <strong>{timeOf(createdAt, 'medium')}</strong>{' '}
              <span class="hint">
                {t().examples(support.examples)} · {model}
              </span>
            </span>
            {id === current && version.value === null ? (
              <span class="hint">{t().answersNow}</span>
            ) : (
              <span class="row">
                <button type="button" onClick={() => askVersion(id)}>
                  {t().askThis}
                </button>
                {id !== current && (
                  <button type="button" onClick={() => void goBack(id)}>
                    {t().goBack}
                  </button>
                )}
              </span>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

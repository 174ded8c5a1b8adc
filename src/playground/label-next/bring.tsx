import { useRef, useState } from 'preact/hooks';
import { readCsv, TABLES } from '../media/csv.ts';
import type { FoundFile } from '../media/dropped.ts';
import { PICTURES } from '../media/pictures.ts';
import { readTexts } from '../media/texts.ts';
import { Chooser, Drop } from '../parts/drop.tsx';
import { Icon } from '../parts/icons.tsx';
import { Key } from '../parts/key.tsx';
import { textInput } from '../state/inputs.ts';
import type { Kind } from '../state/kinds.ts';
import type { Input } from '../state/labels.ts';
import { bring, queueOf, refill, undo } from '../state/queue.ts';
import { rowInput } from '../state/rows.ts';
import type { Session } from '../state/session.ts';
import { SOUNDS } from '../teach/capture.tsx';
import { inputsOf } from '../teach/inputs-of-files.ts';
import { t } from '../words/words.ts';
import { previousOf } from './queue-card.tsx';

const ACCEPTED: Readonly<Record<Kind, string>> = {
  drawing: PICTURES,
  photos: PICTURES,
  sound: SOUNDS,
  text: '.txt,text/plain',
  table: TABLES,
};

/** An empty queue: how items get there, and a way to bring many without labels. */
export function Bring({ session, isDone }: { session: Session; isDone: boolean }) {
  const { kind } = session;
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const add = async (inputs: readonly Input[]) => {
    if (inputs.length === 0) return;
    setBusy(true);
    await bring(session, inputs);
    setBusy(false);
  };
  const take = async (files: readonly FoundFile[]) => {
    if (kind === 'table')
      return add((await Promise.all(files.map(({ file }) => rowsOf(session, file)))).flat());
    const { byLabel, problem } = await inputsOf(kind, files, '');
    queueOf(session).unread.value = problem;
    return add([...byLabel.values()].flat());
  };
  return (
    <Drop class="bring stack" onFiles={(files) => void take(files)}>
      <p class="lead" role="status">
        {isDone ? t().queueDone : t().queueEmpty}
        {isDone && <span class="sr"> {previousOf(session)}</span>}
      </p>
      <p class="hint">{t().queueHow[kind]}</p>
      {kind === 'text' && (
        <form
          class="texts"
          onSubmit={(event) => {
            event.preventDefault();
            void add(readTexts(field.current?.value ?? '').map(({ text }) => textInput(text)));
            if (field.current) field.current.value = '';
          }}
        >
          <textarea ref={field} rows={3} placeholder={t().bringTexts} aria-label={t().bringTexts} />
          <button type="submit" disabled={isBusy}>
            {t().add}
          </button>
        </form>
      )}
      <span class="row">
        <Chooser accept={ACCEPTED[kind]} onFiles={(files) => void take(files)}>
          <Icon name="upload" size={18} /> {isBusy ? t().explaining : t().bringFiles}
        </Chooser>
        <button type="button" onClick={() => void refill(session)}>
          {t().lookAgain}
        </button>
        {queueOf(session).at.value > 0 && (
          <button type="button" onClick={() => undo(session)}>
            <Icon name="undo" size={16} /> {t().undo} <Key>U</Key>
          </button>
        )}
      </span>
    </Drop>
  );
}

/** The rows of a table without the column to predict, which may be in it. */
async function rowsOf({ table }: Session, file: File): Promise<Input[]> {
  const { columns, rows } = readCsv(await file.text());
  return rows.map((row) => {
    const cells = columns.map((name, i) => [name, row[i] ?? ''] as const);
    return rowInput(Object.fromEntries(cells.filter(([name]) => name !== table.value?.target)));
  });
}

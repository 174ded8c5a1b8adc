import { useRef } from 'preact/hooks';
import { ask } from '../state/asking.ts';
import { firstRow, rowInput } from '../state/rows.ts';
import type { Session } from '../state/session.ts';
import { t } from '../words/words.ts';

/** A row to predict: a field for each column except the one to predict. It begins as the first row of the table. */
export function AskRow({ session }: { session: Session }) {
  const { table, columns } = session;
  // A reference, because fields may change faster than they are drawn.
  const changed = useRef<Readonly<Record<string, string>>>({});
  const first = firstRow(table.value, columns.value);
  const names = Object.keys(first);
  if (names.length === 0) return <p class="hint">{t().tableFirst}</p>;
  const cells = Object.fromEntries(names.map((name) => [name, changed.current[name] ?? first[name] ?? '']));
  return (
    <div class="fields">
      {names.map((name) => (
        <label class="field" key={name}>
          {name}
          <input
            value={cells[name] ?? ''}
            onInput={({ currentTarget: { value } }) => {
              changed.current = { ...changed.current, [name]: value };
              ask(session, rowInput({ ...cells, ...changed.current }));
            }}
          />
        </label>
      ))}
    </div>
  );
}

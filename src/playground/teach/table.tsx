import { readCsv, TABLES } from '../media/csv.ts';
import type { FoundFile } from '../media/dropped.ts';
import { Chooser } from '../parts/drop.tsx';
import { Icon } from '../parts/icons.tsx';
import type { OpenTable, Session } from '../state/session.ts';
import { teachTable } from '../state/teaching.ts';
import { t } from '../words/words.ts';

const SHOWN_ROWS = 6;

/** Opens a CSV file. The last column is the one to predict until the person names another. */
export async function openTable(session: Session, [found]: readonly FoundFile[]): Promise<void> {
  if (!found) return;
  const text = await found.file.text();
  const target = readCsv(text, 0).columns.at(-1) ?? '';
  await teachTable(session, { name: found.file.name, text, target });
}

export function OwnTable({ session }: { session: Session }) {
  return (
    <Chooser accept={TABLES} onFiles={(files) => void openTable(session, files)}>
      <Icon name="upload" size={18} /> {t().chooseTable}
    </Chooser>
  );
}

/** The table as it was given: its first rows, and the column to predict. */
export function TeachTable({ session, table }: { session: Session; table: OpenTable }) {
  const { columns, rows } = readCsv(table.text);
  return (
    <div class="card">
      <header>
        <strong class="label-name">{table.name}</strong>
        <span class="count">{t().rows(rows.length)}</span>
      </header>
      <label class="field">
        {t().predictColumn}
        <select
          value={table.target}
          onChange={({ currentTarget }) => {
            void teachTable(session, { ...table, target: currentTarget.value });
          }}
        >
          {columns.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="table-scroll" tabIndex={0} aria-label={table.name}>
        <table>
          <thead>
            <tr>
              {columns.map((name) => (
                <th key={name} scope="col" class={name === table.target ? 'is-target' : ''}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN_ROWS).map((row) => (
              <tr key={row.join('\n')}>
                {columns.map((name, i) => (
                  <td key={name} class={name === table.target ? 'is-target' : ''}>
                    {row[i]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > SHOWN_ROWS && <p class="hint">{t().moreRows(rows.length - SHOWN_ROWS)}</p>}
    </div>
  );
}

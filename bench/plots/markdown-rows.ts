/** Cells by the names of the columns. */
export type Row = Readonly<Record<string, string>>;

/** The rows of the first table under the heading of level 2 that matches. */
export function tableUnder(page: string, heading: RegExp): readonly Row[] {
  const section = page.split(/^## /m).find((each) => heading.test(each.split('\n', 1)[0] as string)) ?? '';
  const lines = section.split('\n');
  const first = lines.findIndex((each) => each.startsWith('|'));
  const table = lines.slice(first, lines.indexOf('', first));
  const [names = [], , ...rows] = table.map((each) =>
    each
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  return rows.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ''])));
}

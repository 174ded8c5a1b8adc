/**
 * The table `newer` in Markdown, with the rows of `older` for packages that have none in it. The first column names the package.
 * Tables with other columns are not joined.
 */
export function joinTables(older: string, newer: string): string {
  const [head = '', rule = '', ...rows] = newer.split('\n');
  const before = older.split('\n');
  if (!head.startsWith('| Package |') || before[0] !== head) return newer;
  const kept = before.slice(2).filter((line) => line.startsWith('|'));
  const measured = new Set(rows.map(packageOf));
  const order = [...new Set([...kept, ...rows].map(packageOf))];
  const joined = order.flatMap((name) =>
    (measured.has(name) ? rows : kept).filter((row) => packageOf(row) === name),
  );
  return [head, rule, ...joined].join('\n');
}

const packageOf = (row: string): string => row.split(' | ')[0] ?? '';

/** A table in Markdown; columns from index `numbersFrom` are aligned right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbersFrom = head.length,
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = head.map((_, i) => (i < numbersFrom ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

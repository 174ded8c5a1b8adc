import { Config } from '../config.ts';

/** Names that are shorter are also close to variables of other programs. */
const MIN_LENGTH = 8;
const MAX_EDITS = 2;

/** Variables that are not settings, but whose name is almost that of a setting that is absent: probably typing errors. */
export function misspelt(
  environment: Readonly<Record<string, string | undefined>>,
): readonly { readonly name: string; readonly meant: string }[] {
  const settings = Object.keys(Config.properties);
  const absent = settings.filter((name) => name.length >= MIN_LENGTH && environment[name] === undefined);
  return Object.keys(environment)
    .filter((name) => !settings.includes(name))
    .flatMap((name) => {
      const meant = absent.find((other) => edits(name, other) <= MAX_EDITS);
      return meant === undefined ? [] : [{ name, meant }];
    });
}

/** The number of characters to insert, remove or replace to make `b` of `a`: Levenshtein's distance, row by row. */
function edits(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_EDITS) return Number.POSITIVE_INFINITY;
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...a].entries()) {
    const next = [row + 1];
    for (const [column, other] of [...b].entries()) {
      const [replaced = 0, removed = 0] = above.slice(column);
      const inserted = next[column] ?? 0;
      next.push(letter === other ? replaced : 1 + Math.min(replaced, removed, inserted));
    }
    above = next;
  }
  return above.at(-1) ?? 0;
}

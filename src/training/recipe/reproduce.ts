import { isAbsolute, relative, sep } from 'node:path';
import type { Evaluation } from './recipe.ts';

/** `path` relative to the working directory; null when it is outside. */
export function relativeToCwd(path: string): string | null {
  const seen = relative('', path);
  return seen === '' || seen === '..' || seen.startsWith(`..${sep}`) || isAbsolute(seen) ? null : seen;
}

/**
 * The folder of a package in the commands on its card. For a folder outside the working directory it is
 * `models/<name>`, because a card is read on other machines.
 */
export function packageFolder(directory: string, name: string): string {
  return relativeToCwd(directory)?.replaceAll(sep, '/') ?? `models/${name}`;
}

/** The command that trains a package again. */
export function trainCommand(folder: string): string {
  return `npm run innerloop -- train ${shellQuoted(`${folder}/recipe.json`)}`;
}

/** The command that repeats an evaluation of a package's card. */
export function evaluateCommand(folder: string, evaluation: Evaluation, split = 'test'): string {
  const { data, ways, shots, queries, steps, episodes, seed } = evaluation;
  const options = {
    ...(data === undefined ? { split } : { data: shellQuoted(data) }),
    ...(ways === undefined ? {} : { ways }),
    shots,
    queries,
    steps,
    episodes,
    seed,
  };
  const flags = Object.entries(options).map(([option, value]) => `--${option} ${value}`);
  return `npm run innerloop -- evaluate ${shellQuoted(folder)} ${flags.join(' ')}`;
}

/** Quoted for a shell where necessary. */
const shellQuoted = (text: string) => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

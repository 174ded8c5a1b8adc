import { isAbsolute, relative, sep } from 'node:path';
import type { Evaluation } from './recipe.ts';

/** `path` as seen from the working directory, when it lies in it. */
export function fromHere(path: string): string | null {
  const seen = relative('', path);
  return seen === '' || seen === '..' || seen.startsWith(`..${sep}`) || isAbsolute(seen) ? null : seen;
}

/**
 * How commands name a package's folder. They are written on cards, which travel, so a folder elsewhere on this
 * machine goes by where the repository keeps packages.
 */
export function packageFolder(directory: string, name: string): string {
  return fromHere(directory)?.replaceAll(sep, '/') ?? `models/${name}`;
}

/** The command that trains a package again. */
export function trainCommand(folder: string): string {
  return `npm run innerloop -- train ${word(`${folder}/recipe.json`)}`;
}

/** The command that measures a number of a package's card again. */
export function evaluateCommand(folder: string, evaluation: Evaluation, split = 'test'): string {
  const { ways, shots, queries, steps, episodes, seed } = evaluation;
  const options = { split, ...(ways === undefined ? {} : { ways }), shots, queries, steps, episodes, seed };
  const flags = Object.entries(options).map(([option, value]) => `--${option} ${value}`);
  return `npm run innerloop -- evaluate ${word(folder)} ${flags.join(' ')}`;
}

/** As a shell reads it. */
const word = (text: string) => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

import type { Evaluation } from './recipe.ts';

/** The command that trains a package of the repository again. */
export function trainCommand(name: string): string {
  return `npm run innerloop -- train models/${name}/recipe.json`;
}

/** The command that measures a number of a package's card again. */
export function evaluateCommand(name: string, evaluation: Evaluation, split = 'test'): string {
  const { ways, shots, queries, steps, episodes, seed } = evaluation;
  const options = { split, ...(ways === undefined ? {} : { ways }), shots, queries, steps, episodes, seed };
  const flags = Object.entries(options).map(([option, value]) => `--${option} ${value}`);
  return `npm run innerloop -- evaluate models/${name} ${flags.join(' ')}`;
}

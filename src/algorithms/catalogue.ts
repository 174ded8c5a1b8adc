import type { Algorithm } from './algorithm.ts';
import { maml } from './maml.ts';
import { protonets } from './protonets.ts';

/** Every algorithm by name: recipes, the command line and the common test suite follow from this table. */
export const algorithms = { maml, protonets } as const satisfies Readonly<Record<string, Algorithm>>;

export type AlgorithmName = keyof typeof algorithms;

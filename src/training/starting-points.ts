import type { AlgorithmName } from '../algorithms/catalogue.ts';
import type { Recipe } from './recipe.ts';

/** How an algorithm is set up for data that nobody has tuned it on. */
export interface StartingPoint {
  readonly settings?: unknown;
  readonly iterations: number;
  readonly metaBatch: number;
  /** Classes of a training episode, where there are so many: more than are asked of it teach a metric more. */
  readonly ways: number | 'as asked';
  readonly steps: number;
  readonly outerRate: number;
  readonly bounds: Pick<Recipe['inner'], 'steps' | 'rate'>;
  readonly classes: number;
  /** The most examples of one adaptation: at any size, and in pixels of one channel, which bound its memory. */
  readonly examples: number;
  readonly pixels: number;
}

const bySteps = {
  iterations: 2000,
  metaBatch: 4,
  ways: 'as asked',
  steps: 3,
  outerRate: 0.001,
  bounds: {
    steps: { default: 3, minimum: 0, maximum: 50 },
    rate: { default: 0.02, minimum: 0.0001, maximum: 0.2 },
  },
  classes: 100,
  examples: 500,
  pixels: 2 ** 20,
} as const satisfies StartingPoint;

const noSteps = {
  iterations: 2000,
  metaBatch: 1,
  ways: 20,
  steps: 0,
  outerRate: 0.001,
  bounds: { steps: { default: 0, minimum: 0, maximum: 0 }, rate: { default: 0, minimum: 0, maximum: 0 } },
  classes: 1000,
  examples: 2000,
  pixels: 2 ** 22,
} as const satisfies StartingPoint;

/** Of an algorithm that learns its own rates: a request's rate multiplies them. */
const learnedRate = { default: 1, minimum: 0, maximum: 2 };

/** One for every algorithm: the compiler names a missing one. */
export const startingPoints: Readonly<Record<AlgorithmName, StartingPoint>> = {
  protonets: noSteps,
  matching: noSteps,
  maml: bySteps,
  reptile: bySteps,
  anil: bySteps,
  'meta-sgd': {
    ...bySteps,
    settings: { initialRate: bySteps.bounds.rate.default },
    bounds: { ...bySteps.bounds, rate: learnedRate },
  },
  'meta-lstm': { ...bySteps, bounds: { ...bySteps.bounds, rate: learnedRate } },
  mann: {
    ...bySteps,
    steps: 1,
    bounds: { steps: { default: 1, minimum: 0, maximum: 10 }, rate: { default: 1, minimum: 0, maximum: 1 } },
  },
};

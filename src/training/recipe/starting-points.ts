import type { AlgorithmName } from '../../algorithms/catalogue.ts';
import type { Recipe } from './recipe.ts';

/** Settings of an algorithm for data that it was not tuned on. */
export interface StartingPoint {
  readonly settings?: unknown;
  readonly iterations: number;
  readonly metaBatch: number;
  /**
   * Classes of a training episode, if the data has as many. Metric-based methods learn more from episodes with more
   * classes.
   */
  readonly ways: number | 'as requested';
  readonly steps: number;
  readonly outerRate: number;
  readonly bounds: Pick<Recipe['inner'], 'steps' | 'rate'>;
  readonly classes: number;
  /** Limits of one adaptation, which bound its memory: its number of examples, and their total pixels per channel. */
  readonly examples: number;
  readonly pixels: number;
}

const bySteps = {
  iterations: 2000,
  metaBatch: 4,
  ways: 'as requested',
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

/**
 * The algorithms that work on a folder of images without tuning. Reptile is not included: with the settings of the
 * others its steps overshoot, and its 5-shot accuracy is at chance level after 100 iterations. It needs its own
 * settings.
 */
const points = {
  protonets: {
    iterations: 2000,
    metaBatch: 1,
    ways: 20,
    steps: 0,
    outerRate: 0.001,
    bounds: { steps: { default: 0, minimum: 0, maximum: 0 }, rate: { default: 0, minimum: 0, maximum: 0 } },
    classes: 1000,
    examples: 2000,
    pixels: 2 ** 22,
  },
  maml: bySteps,
  anil: bySteps,
  'meta-sgd': {
    ...bySteps,
    settings: { initialRate: bySteps.bounds.rate.default },
    bounds: { ...bySteps.bounds, rate: { default: 1, minimum: 0, maximum: 2 } },
  },
} as const satisfies Partial<Record<AlgorithmName, StartingPoint>>;

export type StartingAlgorithm = keyof typeof points;
export const startingPoints: Readonly<Record<StartingAlgorithm, StartingPoint>> = points;

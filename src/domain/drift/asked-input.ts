import type { Facts } from './facts.ts';
import type { Check } from './kept-checks.ts';

/** What is kept of one input of a prediction: its features, never the input. */
export interface AskedInput {
  /** A sketch of the features, see `createSketch`. */
  readonly features: Float32Array;
  /** The most probable label; null for regression. */
  readonly label: string | null;
  readonly novelty: number | null;
  /** Id of the adaptation that answered. */
  readonly adaptation: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly facts: Facts;
}

/** Inputs that are kept of a task: the first ones, and the last ones after them. */
export interface FeatureWindow {
  /** Names encoder and columns. Features of two epochs cannot be compared, so each begins a new reference. */
  readonly epoch: string;
  /** Inputs of this epoch that were kept at some time. */
  readonly count: number;
  /** The first REFERENCE_SIZE inputs, the oldest first. */
  readonly reference: readonly AskedInput[];
  /** The last WINDOW_SIZE of those that came after, the oldest first. */
  readonly window: readonly AskedInput[];
  readonly alarm: Alarm | null;
}

/** What earlier checks in the background have found. */
export interface Alarm {
  /** `count` at the last check. */
  readonly count: number;
  /** Checks in a row that have found drift. */
  readonly strikes: number;
  /** When drift was found, as ISO time; null while there is none. */
  readonly since: string | null;
  /** Whether it was sent to webhooks. */
  readonly isTold: boolean;
  /** The latest ones, and some of the older ones. */
  readonly checks: readonly Check[];
}

export const REFERENCE_SIZE = 200;
export const WINDOW_SIZE = 200;

/** The place of the input with number `n` (from 0): the reference is never overwritten, the window is a ring. */
export function slotOf(n: number): number {
  return n < REFERENCE_SIZE ? n : REFERENCE_SIZE + ((n - REFERENCE_SIZE) % WINDOW_SIZE);
}

/** The inputs by slot, as reference and window. */
export function windowOf(
  count: number,
  slots: ReadonlyMap<number, AskedInput>,
): Pick<FeatureWindow, 'reference' | 'window'> {
  const range = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, i) => slots.get(slotOf(from + i)) ?? []).flat();
  return {
    reference: range(0, Math.min(count, REFERENCE_SIZE)),
    window: range(Math.max(REFERENCE_SIZE, count - WINDOW_SIZE), count),
  };
}

/** The last inputs, those of the reference included. */
export function latestOf({ reference, window }: FeatureWindow): readonly AskedInput[] {
  return [...reference, ...window].slice(-WINDOW_SIZE);
}

import { decodeModel } from '../../../onnx/decode.ts';
import { bodiesOf } from '../../../onnx/model.ts';
import { repeatStep } from '../../../onnx/unroll.ts';
import type { Package } from '../../../package/manifest.ts';
import { sizeOf } from '../../../tensor.ts';

/** A program that takes several steps in one run, and how many. */
export interface Leap {
  readonly steps: number;
  readonly model: Uint8Array;
}

/** Cancelling waits for a run, and losses come with its end: it must not take long. */
const LONGEST = 10;
/** Numbers in the state up to which a step's work is less than what a run costs before and after it. */
const SMALL_STATE = 1 << 14;
/** An image costs more than the run it is part of, however small the state. */
const SMALL_INPUT = 1 << 6;
/** What a state's size is judged by. */
const OFTEN = { ways: 5, N: 25 };

/**
 * A leap of as many steps as the package takes by default, where they are many and small: entering and leaving a run
 * costs some 40 µs for the tensors of a small network, whose step computes for 15.
 */
export function leapOf({ manifest: { input, state, inner }, programs: { step } }: Package): Leap | null {
  const steps = Math.min(inner.steps.default, LONGEST);
  const numbers = state.reduce(
    (sum, { shape }) => sum + sizeOf(shape.map((dim) => (typeof dim === 'number' ? dim : OFTEN[dim]))),
    0,
  );
  if (!step || steps < 2 || numbers > SMALL_STATE || sizeOf(input.shape) > SMALL_INPUT || hasBodies(step))
    return null;
  return { steps, model: repeatStep(step, steps) };
}

/** A body may refer to values of the outer graph by name, and `repeatStep` does not rename them there. */
const hasBodies = (model: Uint8Array): boolean =>
  decodeModel(model).nodes.some((node) => bodiesOf(node).length > 0);

import { decodeModel } from '../../../onnx/decode.ts';
import { bodiesOf } from '../../../onnx/model.ts';
import { repeatStep } from '../../../onnx/unroll.ts';
import type { Package, StateDim } from '../../../package/manifest.ts';
import { sizeOf } from '../../../tensor.ts';

/** A program that takes `steps` adaptation steps in one run. */
export interface UnrolledSteps {
  readonly steps: number;
  readonly model: Uint8Array;
}

/** A run cannot be cancelled, and its losses arrive when it ends. So it must stay short. */
const MAX_STEPS = 10;
/** Numbers in the state. For a larger state, a step takes longer than the overhead of a run, so unrolling saves little. */
const MAX_STATE_NUMBERS = 1 << 14;
/** Numbers in one input. For a larger input, such as an image, a step takes longer than the overhead of a run. */
const MAX_INPUT_NUMBERS = 1 << 6;
/** Sizes of the symbolic dimensions when the size of a state is estimated. */
const TYPICAL = { ways: 5, N: 25, d: 20 };

/**
 * The step program repeated for the package's default number of steps, or null when this saves no time. For a small
 * network, a run has about 40 µs of overhead for its tensors, and one step computes for 15 µs.
 */
export function unrollSteps({
  manifest: { input, state, inner },
  programs: { step },
}: Package): UnrolledSteps | null {
  const steps = Math.min(inner.steps.default, MAX_STEPS);
  const numbers = state.reduce((sum, { shape }) => sum + typicalSize(shape), 0);
  const isLarge = numbers > MAX_STATE_NUMBERS || typicalSize(input.shape) > MAX_INPUT_NUMBERS;
  if (!step || steps < 2 || isLarge || hasSubgraphs(step)) return null;
  return { steps, model: repeatStep(step, steps) };
}

const typicalSize = (shape: readonly StateDim[]): number =>
  sizeOf(shape.map((dim) => (typeof dim === 'number' ? dim : TYPICAL[dim])));

/** A subgraph (as in Scan) reads outer values by name; `repeatStep` does not rename inside it. */
const hasSubgraphs = (model: Uint8Array): boolean =>
  decodeModel(model).nodes.some((node) => bodiesOf(node).length > 0);

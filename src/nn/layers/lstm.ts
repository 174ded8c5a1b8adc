import { add, gemm, mul, sigmoid, slice, tanh } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { type ParameterSpecs, type Params, startAt, weightOf } from '../parameters.ts';

export interface LstmState {
  /** The hidden state h [n, hidden]. */
  readonly hidden: Value;
  /** The cell state c [n, hidden]. */
  readonly cell: Value;
}

/** Weights of a cell by name: gates i, f, g, o side by side. The caller declares the weights of x, [inputs, 4 hidden]. */
export function lstmParameters(name: string, hidden: number): ParameterSpecs {
  return {
    [`${name}.hidden`]: { shape: [hidden, 4 * hidden], start: { normal: 1 / Math.sqrt(hidden) } },
    [`${name}.bias`]: startAt(0, [4 * hidden]),
  };
}

/**
 * One step of an LSTM. `drive` is x W [n, 4 hidden]:
 *
 *     i, f, o = σ(…),  g = tanh(…) of x W + h U + b,    c′ = f ⊙ c + i ⊙ g,    h′ = o ⊙ tanh c′
 *
 * The caller computes x W, so it can do this once for a whole sequence. Matrix products are Gemm, so that the gradient
 * of a scan computes the weight gradient once for all steps. If the state has one row, it broadcasts to all rows of x.
 * The bias of the forget gate is increased by 1, so that the gate starts open (Jozefowicz et al. 2015, §5).
 *
 * @see Gers, Schmidhuber & Cummins 2000, Learning to forget
 */
export function lstmStep(
  params: Params,
  name: string,
  drive: Value,
  { hidden: h, cell }: LstmState,
): LstmState {
  const size = cell.shape[1] as number;
  const recurrent = add(gemm(h, weightOf(params, `${name}.hidden`)), weightOf(params, `${name}.bias`));
  const sums = add(drive, recurrent);
  const part = (k: number) => slice(sums, [{ axis: 1, start: k * size, end: (k + 1) * size }]);
  const next = add(mul(sigmoid(add(part(1), 1)), cell), mul(sigmoid(part(0)), tanh(part(2))));
  return { hidden: mul(sigmoid(part(3)), tanh(next)), cell: next };
}

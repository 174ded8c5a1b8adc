import { add, gemm, mul, sigmoid, slice, tanh } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import { type ParameterSpecs, type Params, startAt, weightOf } from './parameters.ts';

export interface LstmState {
  /** h, what the cell shows [n, hidden]. */
  readonly shown: Value;
  /** c, what it remembers [n, hidden]. */
  readonly cell: Value;
}

/** Weights of a cell by name: gates i, f, g, o side by side. What drives it brings weights of its own, [inputs, 4 hidden]. */
export function lstmParameters(name: string, hidden: number): ParameterSpecs {
  return {
    [`${name}.hidden`]: { shape: [hidden, 4 * hidden], start: { normal: 1 / Math.sqrt(hidden) } },
    [`${name}.bias`]: startAt(0, [4 * hidden]),
  };
}

/**
 * One step of an LSTM, driven by x W [n, 4 hidden]:
 *
 *     i, f, o = σ(…),  g = tanh(…) of x W + h U + b,    c′ = f ⊙ c + i ⊙ g,    h′ = o ⊙ tanh c′
 *
 * Matrix products are Gemm, whose weights a scan's gradient gathers over all steps at once. The one with x is the caller's,
 * who can take it for a whole sequence. A state of one row serves any number of rows of x. The forget gate has 1 added to
 * its bias, so that it starts open (Jozefowicz et al. 2015, §5).
 *
 * @see Gers, Schmidhuber & Cummins 2000, Learning to forget
 */
export function lstmStep(params: Params, name: string, drive: Value, { shown, cell }: LstmState): LstmState {
  const hidden = cell.shape[1] as number;
  const recurrent = add(gemm(shown, weightOf(params, `${name}.hidden`)), weightOf(params, `${name}.bias`));
  const sums = add(drive, recurrent);
  const part = (k: number) => slice(sums, [{ axis: 1, start: k * hidden, end: (k + 1) * hidden }]);
  const next = add(mul(sigmoid(add(part(1), 1)), cell), mul(sigmoid(part(0)), tanh(part(2))));
  return { shown: mul(sigmoid(part(3)), tanh(next)), cell: next };
}

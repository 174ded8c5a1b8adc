import {
  batchNormExpansion,
  instanceNormExpansion,
  layerNormExpansion,
  localResponseExpansion,
} from './expansions/normalisation.ts';
import type { PadMode } from './operators.ts';
import {
  abs,
  gather,
  greater,
  hardSigmoid,
  intsOf,
  maximum,
  minimum,
  mul,
  reduceSum,
  where,
} from './ops/index.ts';
import { inputOf, type OpType, type Value } from './value.ts';

/**
 * Operators that equal a composition of other operators over the same inputs. The forward pass keeps the operator, because the
 * runtime has one kernel for it. Gradients use the composition, unless `autodiff/rules` has a shorter rule. `vmap` uses it too,
 * unless `vmap/rules` keeps the operator. So one line here is enough for `gradient` and `vmap`, and for derivatives of every
 * order.
 *
 * An expansion reads y's inputs and attributes and never y itself. It must be differentiable wherever the operator is.
 */
export const expansions = {
  Clip: (y: Value<'Clip'>) => minimum(maximum(inputOf(y, 0), inputOf(y, 1)), inputOf(y, 2)),
  /** Reads each padded axis by indices. Mode `constant` also has numbers that are not in x, so it has a rule of its own. */
  Pad(y: Value<'Pad'>) {
    const x = inputOf(y, 0);
    const pads = intsOf(inputOf(y, 1));
    return x.shape.reduce<Value>((padded, _, axis) => {
      const [before = 0, after = 0] = [pads[axis], pads[axis + x.shape.length]];
      if (before + after === 0) return padded;
      return gather(padded, repeated(Number(x.shape[axis]), before, after, y.attributes.mode), axis);
    }, x);
  },
  ReduceL1: (y: Value<'ReduceL1'>) => sumOf(y, abs),
  ReduceSumSquare: (y: Value<'ReduceSumSquare'>) => sumOf(y, (x) => mul(x, x)),
  HardSwish: (y: Value<'HardSwish'>) => {
    const x = inputOf(y, 0);
    return mul(x, hardSigmoid(x, { alpha: 1 / 6, beta: 0.5 }));
  },
  LayerNormalization: layerNormExpansion,
  InstanceNormalization: instanceNormExpansion,
  BatchNormalization: batchNormExpansion,
  LRN: localResponseExpansion,
  PRelu: (y: Value<'PRelu'>) => {
    const [x, slope] = [inputOf(y, 0), inputOf(y, 1)];
    return where(greater(x, 0), x, mul(slope, x));
  },
} as const satisfies { readonly [Op in OpType]?: (y: Value<Op>) => Value };

/** Σ f(x) over the same axes. */
function sumOf(y: Value<'ReduceL1' | 'ReduceSumSquare'>, f: (x: Value) => Value): Value {
  const keepdims = y.attributes.keepdims === 1;
  return reduceSum(f(inputOf(y, 0)), intsOf(inputOf(y, 1)), { keepdims });
}

/** The indices that a padded axis of `size` reads. */
function repeated(size: number, before: number, after: number, mode: PadMode): readonly number[] {
  const inside: Readonly<Record<PadMode, (i: number) => number>> = {
    constant: () => {
      throw new RangeError('Expected a mode that repeats elements, got constant');
    },
    edge: (i) => Math.min(Math.max(i, 0), size - 1),
    reflect: (i) => size - 1 - Math.abs(size - 1 - Math.abs(i)),
    wrap: (i) => (i + size) % size,
  };
  return Array.from({ length: before + size + after }, (_, i) => inside[mode](i - before));
}

/** The operators that have an expansion. */
export type Expandable = keyof typeof expansions;

/** The composition that y equals. Its leaves are y's inputs and constants. */
export const expansionOf = <Op extends Expandable>(y: Value<Op>): Value =>
  (expansions[y.op] as unknown as (y: Value<Op>) => Value)(y);

/** One rule for every operator that has an expansion. */
export function forExpandable<Rule>(rule: Rule): { readonly [Op in Expandable]: Rule } {
  return Object.fromEntries(Object.keys(expansions).map((op) => [op, rule])) as {
    readonly [Op in Expandable]: Rule;
  };
}

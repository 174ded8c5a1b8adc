import {
  batchNormExpansion,
  instanceNormExpansion,
  layerNormExpansion,
  localResponseExpansion,
} from './expansions/normalisation.ts';
import { greater, hardSigmoid, maximum, minimum, mul, where } from './ops/index.ts';
import { inputOf, type OpType, type Value } from './value.ts';

/**
 * Operators that equal a composition of other operators over the same inputs. The forward pass keeps the operator,
 * which the runtime computes at once; what is derived from it uses the composition: the gradient rule, unless
 * `autodiff/rules` has a shorter one, and the vmap rule, unless `vmap/rules` keeps the operator. So a line here is all
 * that `gradient` and `vmap` need, and derivatives of every order follow.
 *
 * An expansion reads y's inputs and attributes and never y itself. It must be differentiable wherever the operator is.
 */
export const expansions = {
  Clip: (y: Value<'Clip'>) => minimum(maximum(inputOf(y, 0), inputOf(y, 1)), inputOf(y, 2)),
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

/** The operators that have an expansion. */
export type Expandable = keyof typeof expansions;

/** The composition that y equals. Its leaves are y's inputs and constants. */
export const expansionOf = <Op extends Expandable>(y: Value<Op>): Value =>
  (expansions[y.op] as unknown as (y: Value<Op>) => Value)(y);

/** The operators that have an expansion, each with the same rule for all of them. */
export function forExpandable<Rule>(rule: Rule): { readonly [Op in Expandable]: Rule } {
  return Object.fromEntries(Object.keys(expansions).map((op) => [op, rule])) as {
    readonly [Op in Expandable]: Rule;
  };
}

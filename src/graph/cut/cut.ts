import { sizeOf } from '../../tensor.ts';
import { cast, concat, input, reshape, slice } from '../ops/index.ts';
import { substitute } from '../rewriting/rewrite.ts';
import { isOp, type Value } from '../value.ts';
import { dependent, descendants, frontier } from './blocks.ts';
import { channelAxis, isWeight } from './weights.ts';

/** A constant of the end of a network that can be trained. */
export interface CutWeight {
  readonly value: Value<'Constant'>;
  /** The axis of its output channels; null if it has none. */
  readonly channels: number | null;
}

/** A network in two parts, for one example. */
export interface Cut {
  /** All that passes from the beginning to the end, as one vector [d]. */
  readonly beginning: Value;
  /** The vector [d] that the end reads. */
  readonly x: Value<'Input'>;
  /** The features, computed from `x`. */
  readonly end: Value;
  readonly weights: readonly CutWeight[];
}

/** Cuts a network before everything that depends on `at`. Weights that the beginning uses as well are no weights of the end. */
export function cut(features: Value, at: Value): Cut {
  const order = dependent(features);
  const after = descendants(order, at);
  const passing = frontier(order, at, after);
  const sizes = passing.map(({ shape }) => sizeOf(shape.map(Number)));
  const rows = passing.map((each, i) => reshape(asFloat(each), [sizes[i] ?? 1]));
  const x = input('x', [sizes.reduce((sum, size) => sum + size, 0)]);
  let start = 0;
  const pieces = passing.map((each, i): readonly [Value, Value] => {
    const end = start + (sizes[i] ?? 1);
    const own = passing.length === 1 ? x : slice(x, [{ axis: 0, start, end }]);
    start = end;
    const shaped = reshape(own, each.shape);
    return [each, each.dtype === 'float32' ? shaped : cast(shaped, each.dtype)];
  });
  const [end = features] = substitute([features], new Map(pieces));
  const inEnd = order.filter((each) => after.has(each) && each !== at);
  const before = new Set(
    order.filter((each) => !after.has(each) || each === at).flatMap(({ inputs }) => inputs),
  );
  return {
    beginning: rows.length === 1 ? (rows[0] as Value) : concat(rows, 0),
    x,
    end,
    weights: weightsOf(inEnd, before),
  };
}

const asFloat = (each: Value): Value => (each.dtype === 'float32' ? each : cast(each, 'float32'));

function weightsOf(users: readonly Value[], except: ReadonlySet<Value>): readonly CutWeight[] {
  const found = new Map<Value, CutWeight>();
  for (const user of users)
    for (const [place, operand] of user.inputs.entries())
      if (isOp(operand, 'Constant') && isWeight(user, place) && !except.has(operand) && !found.has(operand))
        found.set(operand, { value: operand, channels: channelAxis(user, place) });
  return [...found.values()];
}

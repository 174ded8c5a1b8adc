import { sizeOf } from '../../tensor.ts';
import { cast, concat, input, reshape, slice } from '../ops/index.ts';
import { rewrite } from '../rewriting/rewrite.ts';
import { isOp, type Value, value } from '../value.ts';
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
  /** The features of the network that is not cut, over the weights of the end. */
  readonly whole: Value;
  readonly weights: readonly CutWeight[];
}

/**
 * Cuts a network before everything that depends on `at`. Each operator of the end gets its own weights. In the graph, equal
 * constants such as biases of zeros are merged into one value; without this separation they would be trained as one weight.
 */
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
  const weights = new Map<Value, Map<number, CutWeight>>();
  const ownWeight = (user: Value, place: number, operand: Value<'Constant'>): Value => {
    const ofUser = weights.get(user) ?? new Map<number, CutWeight>();
    weights.set(user, ofUser);
    const own = ofUser.get(place) ?? {
      value: value('Constant', [], { ...operand.attributes }, operand),
      channels: channelAxis(user, place),
    };
    ofUser.set(place, own);
    return own.value;
  };
  const over = (places: ReadonlyMap<Value, Value>): Value => {
    const [made = features] = rewrite([features], (each, old) => {
      const piece = places.get(old);
      if (piece || !after.has(old)) return piece ?? each;
      const inputs = each.inputs.map((operand, place) =>
        isOp(operand, 'Constant') && isWeight(each, place) ? ownWeight(old, place, operand) : operand,
      );
      return value(each.op, inputs, each.attributes, each);
    });
    return made;
  };
  const end = over(new Map(pieces));
  return {
    beginning: rows.length === 1 ? (rows[0] as Value) : concat(rows, 0),
    x,
    end,
    whole: over(new Map()),
    weights: [...weights.values()].flatMap((ofUser) => [...ofUser.values()]),
  };
}

const asFloat = (each: Value): Value => (each.dtype === 'float32' ? each : cast(each, 'float32'));

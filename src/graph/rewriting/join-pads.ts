import { concat, intsOf, pad } from '../ops/index.ts';
import { inputOf, isOp, type Value } from '../value.ts';

/** A part of a tensor between zeros: where it begins and ends along the one axis with zeros. */
interface Part {
  readonly x: Value;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** Null for a value that is not padded with zeros along exactly one axis. */
function partOf(value: Value): Part | null {
  if (!isOp(value, 'Pad') || value.inputs.length > 2) return null;
  const [x, pads, rank] = [inputOf(value, 0), intsOf(inputOf(value, 1)), value.shape.length];
  const padded = value.shape.flatMap((_, i) => (pads[i] || pads[i + rank] ? [i] : []));
  const [axis] = padded;
  if (axis === undefined || padded.length > 1 || pads.some((each) => each < 0)) return null;
  const start = pads[axis] ?? 0;
  return { x, axis, start, end: start + Number(x.shape[axis]) };
}

/**
 * Replaces the sum of two neighbouring parts, each padded with zeros, by their concatenation. Gradients of slices that cover a
 * tensor then become one concatenation, instead of a sum of tensors that are mostly zeros.
 */
export function joinedPads(sum: Value<'Add'>): Value {
  const parts = [partOf(inputOf(sum, 0)), partOf(inputOf(sum, 1))];
  const [first, second] = parts.toSorted((a, b) => (a?.start ?? 0) - (b?.start ?? 0));
  if (!first || !second || first.axis !== second.axis || first.end !== second.start) return sum;
  const { axis } = first;
  const [rank, length] = [sum.shape.length, Number(sum.shape[axis])];
  const joined = concat([...partsOf(first), ...partsOf(second)], axis);
  const pads = Array.from({ length: 2 * rank }, (_, i) => {
    if (i === axis) return first.start;
    return i === axis + rank ? length - second.end : 0;
  });
  return pad(joined, pads);
}

/** The parts from which a part was joined. */
const partsOf = ({ x, axis }: Part): readonly Value[] =>
  isOp(x, 'Concat') && x.attributes.axis === axis ? x.inputs : [x];

import { type Dim, productOf, type Shape, sameShape } from '../../onnx/dim.ts';
import type { Value } from '../value.ts';

/** The sizes of one axis in two graphs, and the symbol that stands for any. */
export interface Sizes {
  readonly symbol: string;
  readonly first: number;
  readonly second: number;
}

/** Prime, so that few other sizes of a network equal it. */
const SMALL = 13;

/** A second size, smaller than the first; null if the first is too small for that. */
export const smallerSize = (first: number): number | null => (first > 2 ? Math.min(SMALL, first - 1) : null);

/** The dimension over the symbol that is `a` at the first size and `b` at the second; null when there is none. */
function dimOver(a: Dim, b: Dim, { symbol, first, second }: Sizes): Dim | null {
  if (a === b) return a;
  if (typeof a !== 'number' || typeof b !== 'number') return null;
  for (const power of [1, 2]) {
    const factor = a / first ** power;
    if (Number.isInteger(factor) && factor * second ** power === b)
      return productOf([factor, ...Array<string>(power).fill(symbol)]);
  }
  return null;
}

/** The shape over the symbol. @throws RangeError when the shapes differ in another way */
export function shapeOver(a: Value, b: Value, sizes: Sizes): Shape {
  const dims = a.shape.map((dim, i) => dimOver(dim, b.shape[i] ?? 0, sizes));
  if (a.shape.length === b.shape.length && dims.every((dim) => dim !== null)) return dims as Shape;
  throw new RangeError(
    `${a.op} makes [${a.shape}] at size ${sizes.first}, but [${b.shape}] at size ${sizes.second}`,
  );
}

/**
 * Checks that the axes that differ have the two sizes, and that `b` is the leading block of `a`: equal to it if no axis differs.
 * @throws RangeError when it is not
 */
export function requireLeadingBlock(a: Value<'Constant'>, b: Value<'Constant'>, sizes: Sizes): void {
  const isBlock = shapeOver(a, b, sizes).every((dim) => typeof dim === 'number' || dim === sizes.symbol);
  if (isBlock && (a.attributes.data === b.attributes.data || beginsWith(a, b))) return;
  throw new RangeError(
    `a constant [${a.shape}] at size ${sizes.first} does not begin with the one at size ${sizes.second}`,
  );
}

/** Whether the elements of `b` are those of `a` at the same indices. */
function beginsWith(a: Value<'Constant'>, b: Value<'Constant'>): boolean {
  const [whole, part] = [a.shape.map(Number), b.shape.map(Number)];
  const [x, y] = [a.attributes.data, b.attributes.data];
  const placeIn = sameShape(whole, part) ? (at: number) => at : placesOfBlock(whole, part);
  for (let at = 0; at < y.length; at++) if (!Object.is(x[placeIn(at)], y[at])) return false;
  return true;
}

/** The place in a tensor of each element of its leading block. */
const placesOfBlock = (whole: readonly number[], part: readonly number[]) => (at: number) => {
  let [rest, stride, place] = [at, 1, 0];
  for (let axis = part.length - 1; axis >= 0; axis--) {
    const dim = part[axis] ?? 1;
    place += stride * (rest % dim);
    rest = Math.floor(rest / dim);
    stride *= whole[axis] ?? 1;
  }
  return place;
};

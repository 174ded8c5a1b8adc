import {
  add,
  cast,
  concat,
  constant,
  div,
  equal,
  expandLike,
  mul,
  pad,
  padOrCut,
  reduceSum,
  reshape,
  scalar,
  slice,
  transpose,
} from '../../graph/ops/index.ts';
import { inputOf, type Value } from '../../graph/value.ts';
import type { Dim } from '../../onnx/dim.ts';

/**
 * dx = Σ over the windows that read x of dy / ties where x is the window's largest element, and 0 elsewhere. `ties` is the number
 * of such elements in the window. (ONNX Runtime and PyTorch give all of dy to the first of them; the sum is the same.)
 */
export function maxPoolGradient(y: Value<'MaxPool'>, dy: Value): Value {
  const { kernel_shape: kernel, strides, pads } = y.attributes;
  const isTiling = pads.every((each) => each === 0) && strides.every((stride, i) => stride === kernel[i]);
  return isTiling ? fromTiles(y, dy) : fromTaps(y, dy);
}

/** Windows that do not overlap: all of them at once, [n, c, h', kh, w', kw]. */
function fromTiles(y: Value<'MaxPool'>, dy: Value): Value {
  const x = inputOf(y, 0);
  const [kh = 1, kw = 1] = y.attributes.kernel_shape;
  const [n, c, oh, ow] = y.shape as readonly [Dim, Dim, number, number];
  const fitted = padOrCut(x, [0, 0], [oh * kh, ow * kw]);
  const perWindow = (each: Value) => reshape(each, [n, c, oh, 1, ow, 1]);
  const largest = cast(equal(reshape(fitted, [n, c, oh, kh, ow, kw]), perWindow(y)), 'float32');
  const share = div(perWindow(dy), reduceSum(largest, [3, 5], { keepdims: true }));
  return padOrCut(reshape(mul(largest, share), fitted.shape), [0, 0], x.shape.slice(2).map(Number));
}

/**
 * Tap by tap. x is first split into planes, one for each pair of residues modulo the strides, so that a tap of all windows
 * is a part of one plane: it is read and written without a stride.
 */
function fromTaps(y: Value<'MaxPool'>, dy: Value): Value {
  const x = inputOf(y, 0);
  const { pads, strides } = y.attributes;
  const [n, c, oh, ow] = y.shape as readonly [Dim, Dim, number, number];
  const [sh = 1, sw = 1] = strides;
  const size = x.shape.slice(2).map(Number);
  const [rows, columns] = [tapsAlong(y, 0), tapsAlong(y, 1)];
  const [high, wide] = [
    oh + Math.max(...rows.map(({ at }) => at)),
    ow + Math.max(...columns.map(({ at }) => at)),
  ];
  const whole = padOrCut(x, [pads[0] ?? 0, pads[1] ?? 0], [high * sh, wide * sw]);
  const split = transpose(reshape(whole, [n, c, high, sh, wide, sw]), [3, 5, 0, 1, 2, 4]);
  const planes = reshape(split, [sh * sw, n, c, high, wide]);
  const taps = rows.flatMap((row) =>
    columns.map((column) => {
      const plane = reshape(slice(planes, [range(0, row.plane * sw + column.plane, 1)]), [n, c, high, wide]);
      const read = slice(plane, [range(2, row.at, oh), range(3, column.at, ow)]);
      const isLargest = cast(equal(read, y), 'float32');
      const inside = insideOf(row.inside, column.inside);
      return { row, column, isLargest: inside ? mul(isLargest, inside) : isLargest };
    }),
  );
  const ties = taps.map((each): Value => each.isLargest).reduce((sum, each) => add(sum, each));
  const share = div(dy, ties);
  const written = Array.from({ length: sh * sw }, (_, plane) =>
    taps
      .filter(({ row, column }) => row.plane * sw + column.plane === plane)
      .map(({ row, column, isLargest }) =>
        pad(mul(isLargest, share), [
          0,
          0,
          row.at,
          column.at,
          0,
          0,
          high - row.at - oh,
          wide - column.at - ow,
        ]),
      )
      .reduce<Value | undefined>((sum, each) => (sum ? add(sum, each) : each), undefined),
  );
  const nothing = expandLike(scalar(0), reshape(slice(planes, [range(0, 0, 1)]), [n, c, high, wide]));
  const joined = reshape(
    concat(
      written.map((each) => reshape(each ?? nothing, [1, n, c, high, wide])),
      0,
    ),
    split.shape,
  );
  const back = reshape(transpose(joined, [2, 3, 4, 0, 5, 1]), whole.shape);
  return padOrCut(back, [-(pads[0] ?? 0), -(pads[1] ?? 0)], size);
}

const range = (axis: number, start: number, length: number) => ({ axis, start, end: start + length });

/** A tap of all windows along one axis: its plane, where it begins in this plane, and which windows read it in x. */
interface Tap {
  readonly plane: number;
  readonly at: number;
  readonly inside: readonly boolean[];
}

function tapsAlong(y: Value<'MaxPool'>, axis: number): readonly Tap[] {
  const { kernel_shape, strides, pads, dilations } = y.attributes;
  const [stride = 1, before = 0, dilation = 1] = [strides[axis], pads[axis], dilations[axis]];
  const [size, count] = [Number(inputOf(y, 0).shape[axis + 2]), Number(y.shape[axis + 2])];
  return Array.from({ length: kernel_shape[axis] ?? 1 }, (_, i) => {
    const offset = i * dilation;
    const places = Array.from({ length: count }, (_, p) => p * stride + offset - before);
    const inside = places.map((place) => place >= 0 && place < size);
    return { plane: offset % stride, at: Math.floor(offset / stride), inside };
  });
}

/** [h', w'] of 1 where a tap is in x and 0 where it is in the padding; null where it is in x for all windows. */
function insideOf(rows: readonly boolean[], columns: readonly boolean[]): Value | null {
  if (rows.every(Boolean) && columns.every(Boolean)) return null;
  const axis = (flags: readonly boolean[], shape: readonly number[]) =>
    constant({ shape, data: Float32Array.from(flags, Number) });
  return mul(axis(rows, [rows.length, 1]), axis(columns, [1, columns.length]));
}

import { type Dim, productOf } from '../../onnx/dim.ts';
import {
  concat,
  conv,
  gather,
  matMul,
  padOrCut,
  reduceSum,
  reshape,
  swapLast,
  transpose,
} from '../ops/index.ts';
import { inputOf, type Value } from '../value.ts';
import { channelsOutermost, imagesOutermost } from './channels-outermost.ts';
import { type Geometry, geometryOf, type Pair, pair, placesOf } from './depthwise-geometry.ts';

/** Whether each channel is convolved with one filter of its own. */
export const isDepthwise = (filters: unknown, channels: unknown, group: number): boolean =>
  group > 1 && filters === group && channels === group;

const planeOf = ({ shape }: Value): readonly number[] => shape.slice(2).map(Number);

/** x [c, h, w, n] → its planes [c, s·s, h', w', n]. */
function planesOf(x: Value, [rows, columns]: Geometry): Value {
  const [c, , , n] = x.shape as readonly [Dim, Dim, Dim, Dim];
  const [sh, sw, high, wide] = [rows.planes, columns.planes, rows.length, columns.length];
  const whole = padOrCut(x, [0, 0], [high * sh, wide * sw], 1);
  const split = transpose(reshape(whole, [c, high, sh, wide, sw, n]), [0, 2, 4, 1, 3, 5]);
  return reshape(split, [c, sh * sw, high, wide, n]);
}

/** The adjoint: planes → [c, h, w, n]. */
function fromPlanes(planes: Value, [rows, columns]: Geometry): Value {
  const [c, , high, wide, n] = planes.shape as readonly Dim[] as readonly [Dim, Dim, number, number, Dim];
  const [sh, sw] = [rows.planes, columns.planes];
  const split = transpose(reshape(planes, [c, sh, sw, high, wide, n]), [0, 3, 1, 4, 2, 5]);
  return padOrCut(reshape(split, [c, high * sh, wide * sw, n]), [0, 0], [rows.size, columns.size], 1);
}

/** The filters [c, 1, kh, kw] for the planes, [c, s·s, kh' · kw'], with zeros where no tap is. */
function filtersOf(w: Value, geometry: Geometry, isReversed = false): Value {
  const [rows, columns] = geometry;
  const [c, count, reach] = [
    w.shape[0] as Dim,
    rows.taps.length * columns.taps.length,
    rows.reach * columns.reach,
  ];
  const planes = rows.planes * columns.planes;
  const places = placesOf(geometry);
  const taps = Array.from({ length: planes * reach }, (_, at) => {
    const within = at % reach;
    return places.indexOf(isReversed ? at - within + reach - 1 - within : at);
  });
  const flat = padOrCut(reshape(w, [c, 1, count]), [0, 0], [1, taps.includes(-1) ? count + 1 : count], 1);
  const isInOrder = taps.every((tap, i) => tap === i);
  return isInOrder
    ? flat
    : gather(
        flat,
        taps.map((tap) => (tap < 0 ? count : tap)),
        2,
      );
}

/**
 * One convolution of the runtime over [1, c·k, h, w·n]: neighbours along w are n numbers apart. `begin` and `end` are
 * zeros around each axis; places are cut off if negative.
 */
function over(x: Value, w: Value, geometry: Geometry, begin: Pair, end: Pair, bias?: Value): Value {
  const [c, planes, high, wide, n] = x.shape as readonly number[] as readonly [
    number,
    number,
    number,
    number,
    number,
  ];
  const [rows, columns] = geometry;
  const size = pair((i) => [high, wide][i] ?? 1);
  const kept = pair((i) => size[i] + Math.min(0, begin[i]) + Math.min(0, end[i]));
  const cut = padOrCut(
    reshape(x, [c * planes, high, wide, n]),
    pair((i) => Math.min(0, begin[i])),
    kept,
    1,
  );
  const [top, left, bottom, right] = [...begin, ...end].map((each) => Math.max(0, each)) as [
    number,
    number,
    number,
    number,
  ];
  const y = conv(reshape(cut, [1, c * planes, kept[0], kept[1] * n]), w, bias, {
    group: c,
    pads: [top, left * n, bottom, right * n],
    dilations: [rows.step, columns.step * n],
  });
  const [, filters, oh, own] = y.shape as readonly number[] as readonly [number, number, number, number];
  return reshape(y, [c, filters / c, oh, own / n, n]);
}

/** Whether a place is left after cutting. There is none if all that would be left is padding. */
const leavesSome = (size: readonly number[], begin: Pair, end: Pair): boolean =>
  size.every((length, i) => length + Math.min(0, begin[i] ?? 0) + Math.min(0, end[i] ?? 0) > 0);

const dropPlane = (x: Value): Value => reshape(x, x.shape.toSpliced(1, 1));
const addPlane = (x: Value): Value => reshape(x, x.shape.toSpliced(1, 0, 1));

/** Forward, for a static number of images. */
export function depthwise(node: Value<'Conv'>): Value {
  const [x, w, bias] = [inputOf(node, 0), inputOf(node, 1), node.inputs[2]];
  const geometry = geometryOf(node.attributes, planeOf(w), planeOf(x), planeOf(node));
  const [rows, columns] = geometry;
  const filters = reshape(filtersOf(w, geometry), [
    w.shape[0] as Dim,
    rows.planes * columns.planes,
    rows.reach,
    columns.reach,
  ]);
  const begin = pair((i) => -geometry[i].first);
  const end = pair((i) => geometry[i].out + geometry[i].last - geometry[i].length);
  if (
    !leavesSome(
      geometry.map(({ length }) => length),
      begin,
      end,
    )
  )
    return node;
  const y = over(planesOf(channelsOutermost(x), geometry), filters, geometry, begin, end, bias);
  return imagesOutermost(dropPlane(y));
}

/** The input gradient, for a static number of images: a convolution of dy with the filters reversed. */
export function depthwiseTranspose(node: Value<'ConvTranspose'>): Value {
  const [dy, w] = [inputOf(node, 0), inputOf(node, 1)];
  const geometry = geometryOf(node.attributes, planeOf(w), planeOf(node), planeOf(dy));
  const [rows, columns] = geometry;
  const filters = reshape(filtersOf(w, geometry, true), [
    productOf([w.shape[0] as Dim, rows.planes * columns.planes]),
    1,
    rows.reach,
    columns.reach,
  ]);
  const begin = pair((i) => geometry[i].last);
  const end = pair((i) => geometry[i].length - geometry[i].first - geometry[i].out);
  if (
    !leavesSome(
      geometry.map(({ out }) => out),
      begin,
      end,
    )
  )
    return node;
  const planes = over(addPlane(channelsOutermost(dy)), filters, geometry, begin, end);
  return imagesOutermost(fromPlanes(planes, geometry));
}

/** Blocks of rows of dy, each with the rows of x that its taps read. */
interface Blocks {
  readonly count: number;
  /** Rows of dy in a block, and of x. */
  readonly rows: number;
  readonly read: number;
  /** The first row of x that block `b` has. */
  readonly firstOf: (block: number) => number;
}

/** Up to this many rows are one block: so small a product takes no longer, and x need not be copied into blocks. */
const MAX_ROWS = 24;
const ROWS_OF_BLOCK = 10;

function blocksOf({ out, length, first, last }: Geometry[0]): Blocks {
  if (out <= MAX_ROWS) return { count: 1, rows: out, read: length, firstOf: () => 0 };
  const read = ROWS_OF_BLOCK + last - first;
  const firstOf = (block: number) => block * ROWS_OF_BLOCK + first;
  return { count: Math.ceil(out / ROWS_OF_BLOCK), rows: ROWS_OF_BLOCK, read, firstOf };
}

/**
 * The weight gradient. For each offset along w, the product dY [h', w·n] · Xᵀ [w·n, h] of a channel pairs the rows of dy
 * with rows of x. Those pairs of rows that a tap reads are then added up. Products of rows take far less time than the sums
 * of each tap by itself, although most pairs are not used. Many rows are paired in blocks.
 */
export function depthwiseWeightGradient(node: Value<'ConvWeightGradient'>): Value {
  const [x, dy] = [inputOf(node, 0), inputOf(node, 1)];
  const geometry = geometryOf(node.attributes, node.attributes.kernel_shape, planeOf(x), planeOf(dy));
  const [rows, columns] = geometry;
  const [c, n] = [x.shape[1] as number, x.shape[0] as Dim];
  const planes = rows.planes * columns.planes;
  const blocks = blocksOf(rows);
  const places = productOf([columns.length, n]);
  const read = swapLast(
    reshape(rowsOf(planesOf(channelsOutermost(x), geometry), blocks), [
      c,
      planes,
      blocks.count,
      blocks.read,
      places,
    ]),
  );
  const cotangent = channelsOutermost(dy);
  const offsets = [...new Set(columns.taps.map(({ offset }) => offset))];
  const size = planes * blocks.count * blocks.rows * blocks.read;
  const pairs = offsets.map((offset) => {
    const shifted = padOrCut(cotangent, [0, offset], [blocks.count * blocks.rows, columns.length], 1);
    return reshape(matMul(reshape(shifted, [c, 1, blocks.count, blocks.rows, places]), read), [c, size]);
  });
  const all = offsets.length * size;
  // Row p of dy and row p + offset of x, for each tap. Pairs with a row outside x refer to a zero at the end.
  const used = rows.taps.flatMap((row) =>
    columns.taps.flatMap((column) => {
      const plane = offsets.indexOf(column.offset) * planes + row.plane * columns.planes + column.plane;
      return Array.from({ length: rows.out }, (_, p) => {
        const to = p + row.offset;
        if (to < 0 || to >= rows.length) return all;
        const block = Math.floor(p / blocks.rows);
        return (plane * blocks.count * blocks.rows + p) * blocks.read + to - blocks.firstOf(block);
      });
    }),
  );
  const flat = reshape(concat(pairs, 1), [c, 1, all]);
  const ended = padOrCut(flat, [0, 0], [1, used.includes(all) ? all + 1 : all], 1);
  const taps = rows.taps.length * columns.taps.length;
  const sums = reduceSum(reshape(gather(ended, used, 2), [c, taps, rows.out]), [2]);
  return reshape(sums, node.shape);
}

/** The rows of x that the blocks read, block after block. Rows outside x are replaced by others: no tap reads them. */
function rowsOf(planes: Value, { count, read, firstOf }: Blocks): Value {
  if (count === 1) return planes;
  const last = Number(planes.shape[2]) - 1;
  const rows = Array.from({ length: count * read }, (_, i) => {
    const row = firstOf(Math.floor(i / read)) + (i % read);
    return Math.max(0, Math.min(last, row));
  });
  return gather(planes, rows, 2);
}

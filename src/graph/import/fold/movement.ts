import { broadcastShapes } from '../../../onnx/dim.ts';
import { allocate, type Folded } from '../folded.ts';
import {
  cutsOf,
  flattened,
  indexWithin,
  padsOf,
  permOf,
  quantisedAxis,
  reshapeTarget,
  splitSizes,
  squeezed,
  unsqueezed,
} from '../geometry.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse, Unreadable } from '../refusal.ts';
import { broadcastOf, expandTo, forEachPlace, rowMajor } from './broadcast.ts';
import type { Fold } from './elementwise.ts';

/** The same data in another shape. */
const viewed = ({ type, data, name }: Folded, shape: readonly number[]): Folded => ({
  type,
  shape,
  data,
  ...(name !== undefined && { name }),
});

/** Elements picked along strides. */
function picked(
  node: OperatorNode,
  x: Folded,
  shape: readonly number[],
  strides: readonly number[],
  start = 0,
): Folded {
  const made = allocate(node.budget, x.type, shape, node.label);
  forEachPlace(
    shape,
    strides,
    (place, at) => {
      made.data[at] = x.data[place] ?? 0;
    },
    start,
  );
  return x.name === undefined ? made : { ...made, name: x.name };
}

function transposed(node: OperatorNode, x: Folded, perm: readonly number[]): Folded {
  const strides = rowMajor(x.shape);
  return picked(
    node,
    x,
    perm.map((axis) => x.shape[axis] ?? 1),
    perm.map((axis) => strides[axis] ?? 0),
  );
}

const sliced: Fold = (node) => {
  const x = node.folded(0);
  const [shape, strides] = [[...x.shape], [...rowMajor(x.shape)]];
  let start = 0;
  for (const cut of cutsOf(node)) {
    start += cut.start * (strides[cut.axis] ?? 0);
    shape[cut.axis] = cut.count;
    strides[cut.axis] = (strides[cut.axis] ?? 0) * cut.step;
  }
  return picked(node, x, shape, strides, start);
};

const gathered: Fold = (node) => {
  const [x, indices] = [node.folded(0), node.folded(1)];
  const axis = node.axis(node.int('axis', 0));
  const size = x.shape[axis] ?? 0;
  const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const made = allocate(node.budget, x.type, [...outer, ...indices.shape, ...inner], node.label);
  const width = inner.reduce((a, b) => a * b, 1);
  const at = Float64Array.from(indices.data, (index) => indexWithin(node, index, size));
  // Stop when all is written: if another axis is empty, the number of rows says nothing.
  for (let to = 0, row = 0; to < made.data.length; row++)
    for (const index of at) {
      const start = (row * size + index) * width;
      for (let i = 0; i < width; i++) made.data[to++] = x.data[start + i] ?? 0;
    }
  return made;
};

const joined: Fold = (node) => {
  const parts = node.args.map((_, i) => node.folded(i));
  const [first] = parts;
  if (!first) throw refuse(`${node.label} to have inputs`, 'none');
  const axis = node.axis(node.int('axis', 0), first.shape.length);
  const rest = (shape: readonly number[]) => shape.toSpliced(axis, 1).join();
  const other = parts.find(({ shape }) => rest(shape) !== rest(first.shape));
  if (other) throw refuse(`parts of ${node.label} that agree in all axes but ${axis}`, `[${other.shape}]`);
  const shape = first.shape.with(
    axis,
    parts.reduce((sum, each) => sum + (each.shape[axis] ?? 0), 0),
  );
  const made = allocate(node.budget, first.type, shape, node.label);
  const outer = first.shape.slice(0, axis).reduce((a, b) => a * b, 1);
  for (let to = 0, row = 0; to < made.data.length; row++)
    for (const { data } of parts) {
      const width = data.length / outer;
      made.data.set(data.subarray(row * width, (row + 1) * width), to);
      to += width;
    }
  return made;
};

const split: Fold = (node) => {
  const x = node.folded(0);
  const axis = node.axis(node.int('axis', 0));
  const strides = rowMajor(x.shape);
  let start = 0;
  return splitSizes(node, x.shape[axis] ?? 0).map((size) => {
    const part = picked(node, x, x.shape.with(axis, size), strides, start * (strides[axis] ?? 0));
    start += size;
    return part;
  });
};

/** Zeros, or another number, around x. */
const padded: Fold = (node) => {
  const x = node.folded(0);
  const mode = node.text('mode', 'constant');
  if (mode !== 'constant') throw new Unreadable(`${node.label}: expected mode constant, got ${mode}`);
  const pads = padsOf(node);
  if (pads.some((each) => each < 0)) throw new Unreadable(`${node.label}: expected pads of 0 or more`);
  const shape = x.shape.map((dim, axis) => dim + (pads[axis] ?? 0) + (pads[axis + x.shape.length] ?? 0));
  const made = allocate(node.budget, x.type, shape, node.label);
  made.data.fill(node.number(2, node.float('value', 0)));
  const strides = rowMajor(shape);
  const start = strides.reduce((sum, stride, axis) => sum + stride * (pads[axis] ?? 0), 0);
  forEachPlace(
    x.shape,
    strides,
    (place, at) => {
      made.data[place] = x.data[at] ?? 0;
    },
    start,
  );
  return made;
};

const tiled: Fold = (node) => {
  const x = node.folded(0);
  const repeats = node.numbers(1);
  if (repeats.length !== x.shape.length)
    throw refuse(`${x.shape.length} repeats of ${node.label}`, repeats.length);
  // [r₀, d₀, r₁, d₁, …] with stride 0 along each repeat.
  const strides = rowMajor(x.shape);
  const shape = x.shape.flatMap((dim, axis) => [repeats[axis] ?? 1, dim]);
  const made = picked(
    node,
    x,
    shape,
    x.shape.flatMap((_, axis) => [0, strides[axis] ?? 0]),
  );
  return viewed(
    made,
    x.shape.map((dim, axis) => dim * (repeats[axis] ?? 1)),
  );
};

/** A copy of x with some slices replaced. */
const scattered: Fold = (node) => {
  const [x, indices, updates] = [node.folded(0), node.folded(1), node.folded(2)];
  if (node.text('reduction', 'none') !== 'none') throw new Unreadable(`${node.label}: expected no reduction`);
  const depth = indices.shape.at(-1) ?? 0;
  if (depth < 1 || depth > x.shape.length)
    throw refuse(`indices of ${node.label} for [${x.shape}]`, `[${indices.shape}]`);
  const width = x.shape.slice(depth).reduce((a, b) => a * b, 1);
  const count = indices.data.length / depth;
  if (updates.data.length !== count * width)
    throw refuse(`${count * width} updates of ${node.label}`, updates.data.length);
  const made = allocate(node.budget, x.type, x.shape, node.label);
  made.data.set(x.data);
  const strides = rowMajor(x.shape);
  for (let i = 0; i < count; i++) {
    const place = Array.from(indices.data.subarray(i * depth, (i + 1) * depth));
    const start = place.reduce((sum, index, axis) => {
      return sum + indexWithin(node, index, x.shape[axis] ?? 0) * (strides[axis] ?? 0);
    }, 0);
    made.data.set(updates.data.subarray(i * width, (i + 1) * width), start);
  }
  return made;
};

/** Operators that move values to other places. */
export const movement: Readonly<Record<string, Fold>> = {
  Reshape: (node) => {
    const x = node.folded(0);
    return viewed(x, reshapeTarget(node, x.shape, node.attributeOrOperand('shape', 1) ?? []));
  },
  Unsqueeze: (node) => {
    const x = node.folded(0);
    return viewed(x, unsqueezed(node, x.shape, node.attributeOrOperand('axes', 1) ?? []));
  },
  Squeeze: (node) => {
    const x = node.folded(0);
    return viewed(x, squeezed(node, x.shape, node.attributeOrOperand('axes', 1)));
  },
  Flatten: (node) => viewed(node.folded(0), flattened(node, node.shape(0))),
  Transpose: (node) => transposed(node, node.folded(0), permOf(node)),
  Slice: sliced,
  Gather: gathered,
  Concat: joined,
  Split: split,
  Pad: padded,
  Expand: (node) => {
    const x = node.folded(0);
    const target = node.numbers(1);
    const like: Folded = { type: 'int64', shape: target, data: new Float64Array() };
    const shape = broadcastOf(node, [x, like]);
    return `${shape}` === `${x.shape}`
      ? x
      : expandTo(node, x, broadcastShapes(x.shape, target) as readonly number[]);
  },
  Tile: tiled,
  ScatterND: scattered,
  DequantizeLinear: (node) => {
    const [x, scale] = [node.folded(0), node.folded(1)];
    const zero = node.has(2) ? node.folded(2) : undefined;
    const along = quantisedAxis(node);
    const axis = scale.data.length > 1 ? node.axis(along) : 0;
    const channels = scale.data.length > 1 ? (x.shape[axis] ?? 0) : 1;
    if (scale.data.length !== channels || (zero && zero.data.length !== channels))
      throw new Unreadable(`${node.label}: expected one scale for each index of an axis`);
    const inner = x.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const made = allocate(node.budget, 'float32', x.shape, node.label);
    for (const [at, stored] of x.data.entries()) {
      const channel = channels === 1 ? 0 : Math.floor(at / inner) % channels;
      made.data[at] = (stored - (zero?.data[channel] ?? 0)) * (scale.data[channel] ?? 1);
    }
    return x.name === undefined ? made : { ...made, name: x.name };
  },
};

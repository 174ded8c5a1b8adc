import { broadcastShapes } from '../../../onnx/dim.ts';
import { storedTypes } from '../../../onnx/typed-values.ts';
import { allocate, type Folded, foldedOf, listOf, ofNumbers } from '../folded.ts';
import {
  cutsOf,
  flattened,
  indicesWithin,
  padsOf,
  permOf,
  reshapeTarget,
  splitSizes,
  squeezed,
  unsqueezed,
} from '../geometry.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse, Unreadable } from '../refusal.ts';
import { broadcastOf, expandTo, forEachPlace } from './broadcast.ts';
import type { Fold } from './elementwise.ts';

const noExternal = (): never => {
  throw refuse('values inside the model', 'another file');
};

const rowMajor = (shape: readonly number[]): readonly number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));

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
  const at = indicesWithin(node, Array.from(indices.data), size);
  let to = 0;
  for (let row = 0; row < outer.reduce((a, b) => a * b, 1); row++)
    for (const index of at) {
      made.data.set(x.data.subarray((row * size + index) * width, (row * size + index + 1) * width), to);
      to += width;
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
  let to = 0;
  for (let row = 0; row < outer; row++)
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

const range: Fold = (node) => {
  const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((i) => node.number(i, 0));
  if (delta === 0) throw refuse(`a step of ${node.label} other than 0`, 0);
  const made = allocate(
    node.budget,
    node.type(0),
    [Math.max(0, Math.ceil((limit - start) / delta))],
    node.label,
  );
  for (let i = 0; i < made.data.length; i++) made.data[i] = start + i * delta;
  return made;
};

const filled: Fold = (node) => {
  const tensor = node.tensor('value');
  const one = tensor ? foldedOf(tensor, node.budget, noExternal) : ofNumbers('float32', [1], [0]);
  const made = allocate(node.budget, one.type, node.numbers(0), node.label);
  if (one.data[0]) made.data.fill(one.data[0]);
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

/** The lower or upper triangle; the rest is 0. */
const triangle: Fold = (node) => {
  const x = node.folded(0);
  const [rows = 0, columns = 0] = x.shape.slice(-2);
  const [upper, shift] = [node.int('upper', 1) === 1, node.number(1, 0)];
  const made = allocate(node.budget, x.type, x.shape, node.label);
  for (const [at, number] of x.data.entries()) {
    const place = at % (rows * columns);
    const distance = (place % columns) - Math.floor(place / columns);
    made.data[at] = (upper ? distance >= shift : distance <= shift) ? number : 0;
  }
  return made;
};

/** Positions of what is not 0: [rank, count]. */
const nonZero: Fold = (node) => {
  const x = node.folded(0);
  const found = Array.from(x.data.keys()).filter((at) => x.data[at] !== 0);
  const made = allocate(node.budget, 'int64', [x.shape.length, found.length], node.label);
  for (const [axis, stride] of rowMajor(x.shape).entries())
    for (const [i, at] of found.entries())
      made.data[axis * found.length + i] = Math.floor(at / stride) % (x.shape[axis] ?? 1);
  return made;
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
      const [at = 0] = indicesWithin(node, [index], x.shape[axis] ?? 0);
      return sum + at * (strides[axis] ?? 0);
    }, 0);
    made.data.set(updates.data.subarray(i * width, (i + 1) * width), start);
  }
  return made;
};

/** A Constant: one of several attributes holds the value. */
const constant: Fold = (node) => {
  const tensor = node.tensor('value');
  if (tensor) return foldedOf({ ...tensor, name: '' }, node.budget, noExternal);
  if (node.hasAttribute('value_float')) return ofNumbers('float32', [], [node.float('value_float', 0)]);
  if (node.hasAttribute('value_int')) return ofNumbers('int64', [], [node.int('value_int', 0)]);
  const floats = node.floats('value_floats');
  if (floats) return ofNumbers('float32', [floats.length], floats);
  const ints = node.ints('value_ints');
  if (ints) return listOf(ints);
  throw new Unreadable(`${node.label}: expected a tensor of numbers, got another constant`);
};

const oneHot: Fold = (node) => {
  const [indices, values] = [node.folded(0), node.folded(2)];
  const depth = node.number(1, 0);
  const axis = node.axis(node.int('axis', -1), indices.shape.length + 1);
  const shape = indices.shape.toSpliced(axis, 0, depth);
  const made = allocate(node.budget, values.type, shape, node.label);
  made.data.fill(values.data[0] ?? 0);
  const inner = indices.shape.slice(axis).reduce((a, b) => a * b, 1);
  for (const [at, index] of indices.data.entries()) {
    const hot = index < 0 ? index + depth : index;
    if (hot >= 0 && hot < depth)
      made.data[(Math.floor(at / inner) * depth + hot) * inner + (at % inner)] = values.data[1] ?? 1;
  }
  return made;
};

const eye: Fold = (node) => {
  const [rows = 0, columns = 0] = node.shape(0);
  const type =
    node.hasAttribute('dtype') && node.int('dtype', 1) !== storedTypes.float32 ? 'int64' : node.type(0);
  const made = allocate(node.budget, type, [rows, columns], node.label);
  const shift = node.int('k', 0);
  for (let row = 0; row < rows; row++)
    if (row + shift >= 0 && row + shift < columns) made.data[row * columns + row + shift] = 1;
  return made;
};

export const movement: Readonly<Record<string, Fold>> = {
  Constant: constant,
  ConstantOfShape: filled,
  Range: range,
  EyeLike: eye,
  OneHot: oneHot,
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
  Trilu: triangle,
  NonZero: nonZero,
  ScatterND: scattered,
  DequantizeLinear: (node) => {
    const [x, scale] = [node.folded(0), node.folded(1)];
    const zero = node.has(2) ? node.folded(2) : undefined;
    const axis = scale.data.length > 1 ? node.axis(node.int('axis', 1)) : 0;
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

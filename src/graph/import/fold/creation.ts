import { allocate, foldedOf, listOf, ofNumbers } from '../folded.ts';
import { refuse, Unreadable } from '../refusal.ts';
import { rowMajor } from './broadcast.ts';
import { type Fold, targetType } from './elementwise.ts';

const noExternal = (): never => {
  throw refuse('values inside the model', 'another file');
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

const filled: Fold = (node) => {
  const tensor = node.tensor('value');
  const one = tensor ? foldedOf(tensor, node.budget, noExternal) : ofNumbers('float32', [1], [0]);
  const made = allocate(node.budget, one.type, node.numbers(0), node.label);
  made.data.fill(one.data[0] ?? 0);
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

const eye: Fold = (node) => {
  const [rows = 0, columns = 0] = node.shape(0);
  const type = node.hasAttribute('dtype') ? targetType(node, 'dtype') : node.type(0);
  const made = allocate(node.budget, type, [rows, columns], node.label);
  const shift = node.int('k', 0);
  for (let row = 0; row < rows; row++)
    if (row + shift >= 0 && row + shift < columns) made.data[row * columns + row + shift] = 1;
  return made;
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
  let count = 0;
  for (let at = 0; at < x.data.length; at++) if (x.data[at] !== 0) count += 1;
  const made = allocate(node.budget, 'int64', [x.shape.length, count], node.label);
  const strides = rowMajor(x.shape);
  let i = 0;
  for (let at = 0; at < x.data.length; at++) {
    if (x.data[at] === 0) continue;
    for (const [axis, stride] of strides.entries())
      made.data[axis * count + i] = Math.floor(at / stride) % (x.shape[axis] ?? 1);
    i += 1;
  }
  return made;
};

/** Operators that make values: from attributes, from sizes, or from positions. */
export const creation: Readonly<Record<string, Fold>> = {
  Constant: constant,
  ConstantOfShape: filled,
  Range: range,
  EyeLike: eye,
  OneHot: oneHot,
  Trilu: triangle,
  NonZero: nonZero,
};

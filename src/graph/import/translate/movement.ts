import { broadcastShapes, type Shape } from '../../../onnx/dim.ts';
import type { PadMode } from '../../operators.ts';
import { cast, concat, expandLike, gather, input, pad, reshape, slice, transpose } from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import { isFolded, listOf } from '../folded.ts';
import {
  cutsOf,
  flattened,
  indexWithin,
  padsOf,
  permOf,
  requireElements,
  reshapeTarget,
  splitSizes,
  squeezed,
  unsqueezed,
} from '../geometry.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse, Unreadable } from '../refusal.ts';
import { LISTED_BYTES, operands, type Translation, type Translations } from './translation.ts';

/** The same elements in another shape. */
const reshaped =
  (target: (node: OperatorNode, shape: readonly number[]) => readonly number[]): Translation =>
  (node) =>
    reshape(node.value(0), target(node, node.shape(0)));

/** Dimensions of the operand are known, so its shape is a constant. */
const shapeOf: Translation = (node) => {
  const shape = node.shape(0);
  const within = (at: number) => Math.min(shape.length, Math.max(0, at < 0 ? at + shape.length : at));
  return listOf(shape.slice(within(node.int('start', 0)), within(node.int('end', shape.length))));
};

function sliced(node: OperatorNode): Value {
  const cuts = cutsOf(node);
  const shape = node.shape(0);
  requireElements(
    node,
    cuts.map(({ count }) => count),
  );
  const forward = cuts.filter(({ step }) => step > 0);
  const ranges = forward.map(({ axis, start, step, count }) => ({
    axis,
    start,
    end: Math.min(shape[axis] ?? 0, start + (count - 1) * step + 1),
    step,
  }));
  const isWhole = ranges.every(
    ({ axis, start, end, step }) => start === 0 && end === shape[axis] && step === 1,
  );
  const taken = isWhole ? node.value(0) : slice(node.value(0), ranges);
  // Steps backwards, as in flips, are gathered.
  return cuts
    .filter(({ step }) => step < 0)
    .reduce<Value>((x, { axis, start, step, count }) => {
      node.budget.take(LISTED_BYTES * count, node.label);
      const indices = Array.from({ length: count }, (_, i) => start + i * step);
      return gather(x, indices, axis);
    }, taken);
}

/** Rows of x at constant or computed indices, which may have any shape. */
function gathered(node: OperatorNode): Value {
  const shape = node.shape(0);
  const axis = node.axis(node.int('axis', 0));
  const at = node.entry(1);
  if (!isFolded(at)) return gather(node.value(0), cast(at, 'int64'), axis);
  const indices = node.numbers(1).map((index) => indexWithin(node, index, shape[axis] ?? 0));
  const target = [...shape.slice(0, axis), ...node.shape(1), ...shape.slice(axis + 1)];
  requireElements(node, target);
  return reshape(gather(node.value(0), indices, axis), target);
}

function split(node: OperatorNode): readonly Value[] {
  const axis = node.axis(node.int('axis', 0));
  const sizes = splitSizes(node, node.shape(0)[axis] ?? 0);
  requireElements(node, sizes);
  let start = 0;
  return sizes.map((size) => {
    const part = slice(node.value(0), [{ axis, start, end: start + size }]);
    start += size;
    return part;
  });
}

/** x repeated to a shape with which its own broadcasts. */
export function expanded(x: Value, shape: Shape): Value {
  const target = broadcastShapes(x.shape, shape);
  return expandLike(x, input('', target));
}

const MODES: ReadonlySet<string> = new Set<PadMode>(['constant', 'reflect', 'edge', 'wrap']);

/** Elements around x; negative pads cut. */
function padded(node: OperatorNode): Value {
  const mode = node.text('mode', 'constant');
  if (!MODES.has(mode)) throw new Unreadable(`${node.label}: expected a mode that is known, got ${mode}`);
  const fill = node.has(2) ? node.number(2, 0) : node.float('value', 0);
  const pads = padsOf(node);
  const around = node.shape(0).map((dim, axis) => dim + (pads[axis] ?? 0) + (pads[axis + node.rank] ?? 0));
  node.budget.take(
    4 *
      Math.max(
        0,
        around.reduce((a, b) => a * b, 1),
      ),
    `${node.label} [${around}]`,
  );
  // The other modes read elements by lists of their indices.
  if (mode !== 'constant')
    for (const dim of around) node.budget.take(LISTED_BYTES * Math.max(0, dim), node.label);
  const options = mode === 'constant' ? { with: fill } : { mode: mode as PadMode };
  return padWithin(node.value(0), node.shape(0), pads, fill === 0 && mode === 'constant' ? {} : options);
}

function padWithin(
  x: Value,
  shape: readonly number[],
  pads: readonly number[],
  options: Parameters<typeof pad>[2],
): Value {
  const rank = shape.length;
  const cuts = shape.flatMap((dim, axis) => {
    const [before, after] = [Math.min(0, pads[axis] ?? 0), Math.min(0, pads[axis + rank] ?? 0)];
    return before < 0 || after < 0 ? [{ axis, start: -before, end: dim + after }] : [];
  });
  const within = cuts.length > 0 ? slice(x, cuts) : x;
  return pad(
    within,
    pads.map((each) => Math.max(0, each)),
    options,
  );
}

function tiled(node: OperatorNode): Value {
  const [shape, repeats] = [node.shape(0), node.numbers(1)];
  if (repeats.length !== shape.length || repeats.some((each) => !(each >= 1)))
    throw refuse(`${shape.length} repeats of ${node.label} from 1`, `[${repeats}]`);
  const between = shape.flatMap((dim) => [1, dim]);
  const repeated = shape.flatMap((dim, axis) => [repeats[axis] ?? 1, dim]);
  const target = shape.map((dim, axis) => dim * (repeats[axis] ?? 1));
  node.budget.take(4 * target.reduce((a, b) => a * b, 1), `${node.label} [${target}]`);
  return reshape(expanded(reshape(node.value(0), between), repeated), target);
}

/** Blocks of channels become pixels. */
function depthToSpace(node: OperatorNode): Value {
  const [n = 1, c = 1, h = 1, w = 1] = node.shape(0);
  const b = node.int('blocksize', 1);
  const depth = c / (b * b);
  const isDepthFirst = node.choice('mode', 'DCR', ['DCR', 'CRD']) === 'DCR';
  const parts = isDepthFirst ? [n, b, b, depth, h, w] : [n, depth, b, b, h, w];
  const perm = isDepthFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
  return reshape(transpose(reshape(node.value(0), parts), perm), [n, depth, h * b, w * b]);
}

function spaceToDepth(node: OperatorNode): Value {
  const [n = 1, c = 1, h = 1, w = 1] = node.shape(0);
  const b = node.int('blocksize', 1);
  node.choice('mode', 'DCR', ['DCR']);
  const parts = reshape(node.value(0), [n, c, h / b, b, w / b, b]);
  return reshape(transpose(parts, [0, 3, 5, 1, 2, 4]), [n, c * b * b, h / b, w / b]);
}

export const movement: Translations = {
  Shape: shapeOf,
  Size: (node) => ({ ...listOf([node.shape(0).reduce((a, b) => a * b, 1)]), shape: [] }),
  Reshape: reshaped((node, shape) => reshapeTarget(node, shape, node.attributeOrOperand('shape', 1) ?? [])),
  Flatten: reshaped(flattened),
  Squeeze: reshaped((node, shape) => squeezed(node, shape, node.attributeOrOperand('axes', 1))),
  Unsqueeze: reshaped((node, shape) => unsqueezed(node, shape, node.attributeOrOperand('axes', 1) ?? [])),
  Transpose: (node) => transpose(node.value(0), permOf(node)),
  Expand: (node) => {
    const target = broadcastShapes(node.shape(0), node.numbers(1)) as readonly number[];
    requireElements(node, target);
    node.budget.take(4 * target.reduce((a, b) => a * b, 1), `${node.label} [${target}]`);
    return expanded(node.value(0), target);
  },
  Tile: tiled,
  Slice: sliced,
  Gather: gathered,
  Split: split,
  Concat: (node) => {
    // Parts without elements add nothing.
    const axis = node.axis(node.int('axis', 0));
    const parts = operands(node).filter(({ shape }) => shape[axis] !== 0);
    return concat(parts, axis);
  },
  Pad: padded,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};

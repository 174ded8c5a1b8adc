import { einsum } from '../../compositions/einsum.ts';
import { gatherND, scatterND } from '../../compositions/indexing.ts';
import { type Coordinates, type ResizeMode, type Rounding, resize } from '../../compositions/resize.ts';
import { cast, constant, gatherElements, scatterAddElements, where } from '../../ops/index.ts';
import type { Value } from '../../value.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse, Unreadable } from '../refusal.ts';
import { operands, type Translation, type Translations } from './translation.ts';

const indices = (node: OperatorNode): Value => cast(node.value(1), 'int64');

/** A RangeError of a composition: it has no form for such operands. */
const orUnreadable =
  (translation: (node: OperatorNode) => Value): Translation =>
  (node) => {
    try {
      return translation(node);
    } catch (error) {
      if (error instanceof RangeError)
        throw new Unreadable(`${node.label}: ${error.message.replace(/^E/, 'e')}`);
      throw error;
    }
  };

const COORDINATES: readonly Coordinates[] = [
  ...(['half_pixel', 'half_pixel_symmetric', 'pytorch_half_pixel'] as const),
  ...(['asymmetric', 'align_corners'] as const),
];
const ROUNDINGS: readonly Rounding[] = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];
const MODES: readonly ResizeMode[] = ['nearest', 'linear', 'cubic'];

/** Operands: x, region of interest, scales, sizes; in opset 10 and for Upsample: x, scales. */
function resized(node: OperatorNode): Value {
  const isOld = node.opset < 11;
  if (node.int('antialias', 0) === 1 || node.text('keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    throw new Unreadable(`${node.label}: expected no antialiasing and no kept aspect ratio`);
  const shape = node.shape(0);
  const axes = node.axes(node.ints('axes') ?? shape.map((_, axis) => axis));
  const listed = (i: number) => (node.has(i) ? node.numbers(i) : []);
  const sizes = isOld ? [] : listed(3);
  const scales = node.floats('scales') ?? (isOld ? listed(1) : listed(2));
  const given = sizes.length > 0 ? sizes : scales;
  if (given.length !== axes.length)
    throw refuse(`${axes.length} sizes or scales of ${node.label}`, given.length);
  const named = node.choice('nearest_mode', 'round_prefer_floor', ROUNDINGS);
  const made = axes.map((axis, i) => {
    const dim = shape[axis] ?? 1;
    const size = sizes.length > 0 ? (sizes[i] ?? dim) : Math.floor(dim * (scales[i] ?? 1));
    const scale = sizes.length > 0 ? size / dim : (scales[i] ?? 1);
    // Before opset 11 no attribute says how places are rounded. ONNX Runtime rounds so.
    const rounding: Rounding = isOld ? (scale < 1 ? 'ceil' : 'floor') : named;
    return { axis, size, scale, rounding };
  });
  if (made.some(({ size }) => !(size >= 1))) throw refuse(`sizes of ${node.label} from 1`, `[${given}]`);
  const changed = made.filter(({ axis, size, scale }) => size !== shape[axis] || scale !== 1);
  for (const { axis, size } of changed) node.budget.take(4 * size * (shape[axis] ?? 1), node.label);
  const result = shape.map((dim, axis) => made.find((each) => each.axis === axis)?.size ?? dim);
  node.budget.take(4 * result.reduce((a, b) => a * b, 1), node.label);
  return resize(node.value(0), changed, {
    mode: node.choice('mode', 'nearest', MODES),
    coordinates: isOld
      ? 'asymmetric'
      : node.choice('coordinate_transformation_mode', 'half_pixel', COORDINATES),
    cubic: node.float('cubic_coeff_a', -0.75),
    excludeOutside: node.int('exclude_outside', 0) === 1,
  });
}

/** The upper or lower triangle of the last two axes; zeros elsewhere. */
function triangle(node: OperatorNode): Value {
  const [rows = 1, columns = 1] = node.shape(0).slice(-2);
  const [k, isUpper] = [node.number(1, 0), node.int('upper', 1) === 1];
  node.budget.take(rows * columns, node.label);
  node.budget.visit(rows * columns, node.label);
  const data = new Uint8Array(rows * columns);
  node.budget.own(data.buffer);
  for (let row = 0; row < rows; row++) {
    const [from, to] = isUpper ? [row + k, columns] : [0, row + k + 1];
    data.fill(1, row * columns + within(from, columns), row * columns + within(to, columns));
  }
  return where(constant({ shape: [rows, columns], data }), node.value(0), 0);
}

/** The limit for one Einsum. */
const MOST_FACTORS = 16;
const within = (at: number, most: number) => Math.min(most, Math.max(0, at));

const REDUCTIONS = ['none', 'add'] as const;

/** Operators that read or write elements at indices, or by constant matrices. */
export const lookups: Translations = {
  GatherElements: orUnreadable((node) =>
    gatherElements(node.value(0), indices(node), node.axis(node.int('axis', 0))),
  ),
  GatherND: orUnreadable((node) => {
    const batch = node.int('batch_dims', 0);
    const rows = node.shape(0).slice(0, Math.max(0, batch));
    node.budget.take(8 * rows.reduce((a, b) => a * b, 1), node.label);
    return gatherND(node.value(0), indices(node), batch);
  }),
  ScatterElements: orUnreadable((node) => {
    node.choice('reduction', 'none', ['add']);
    return scatterAddElements(node.value(0), indices(node), node.value(2), node.axis(node.int('axis', 0)));
  }),
  ScatterND: orUnreadable((node) =>
    scatterND(node.value(0), indices(node), node.value(2), node.choice('reduction', 'none', REDUCTIONS)),
  ),
  Einsum: orUnreadable((node) => {
    const all = operands(node);
    if (all.length > MOST_FACTORS)
      throw refuse(`at most ${MOST_FACTORS} operands of ${node.label}`, all.length);
    return einsum(node.text('equation', ''), all);
  }),
  Resize: resized,
  Upsample: resized,
  Trilu: triangle,
};

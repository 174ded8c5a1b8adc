import { sizeOf } from '../../tensor.ts';
import { inputOf, isOp, topologicalOrder, type Value } from '../value.ts';
import { isWeight } from './weights.ts';

/** A part of a network: the values between its input and its output, and the weights that they use. */
export interface Block {
  /** The tensor in which the block begins. */
  readonly input: Value;
  /** Names of its weights, as far as they have names. */
  readonly weights: readonly string[];
}

/**
 * A block may begin at a tensor even if a few smaller tensors are used after it, too: a mask, or features that were pooled
 * earlier. All together have at most this part of its elements. The shortcut of a residual block is larger: blocks widen
 * their input at most sixfold.
 */
const MAX_BESIDE = 1 / 16;

/**
 * The blocks of a network in order. They begin where the whole graph passes through one tensor, so a residual block is one
 * block. Activations, normalisations and pooling belong to the block before them; a depthwise convolution, and what prepares
 * the inputs, to the block after them.
 */
export function blocksOf(features: Value): readonly Block[] {
  const order = dependent(features);
  const points = passages(order);
  const blocks: { readonly input: Value; readonly values: Value[] }[] = [];
  let joinsNext = false;
  for (const [i, input] of points.entries()) {
    const end = points[i + 1];
    if (!end) break;
    const values = between(order, input, end);
    const kernels = values.flatMap(kernelsOf);
    const last = blocks.at(-1);
    if (last && (joinsNext || kernels.length === 0)) last.values.push(...values);
    else blocks.push({ input, values: [...values] });
    const isAlone = values.filter(hasKernel).length === 1 && values.some(isDepthwise);
    if (kernels.length > 0 || !last) joinsNext = kernels.length === 0 || isAlone;
  }
  return blocks.map(({ input, values }) => ({ input, weights: values.flatMap(namesOfWeights) }));
}

/** All values that depend on an input, operands first. */
export function dependent(features: Value): readonly Value[] {
  const done = new Set<Value>();
  const order = topologicalOrder([features]).filter((each) => {
    const isDependent = isOp(each, 'Input') || each.inputs.some((input) => done.has(input));
    if (isDependent) done.add(each);
    return isDependent;
  });
  return order;
}

/** `from` and every value of the order that depends on it. */
export function descendants(order: readonly Value[], from: Value): ReadonlySet<Value> {
  const found = new Set([from]);
  for (const each of order) if (each.inputs.some((input) => found.has(input))) found.add(each);
  return found;
}

/** Values that do not depend on `from`, but are operands of values that do. `from` is the first of the list. */
export function frontier(order: readonly Value[], from: Value, after: ReadonlySet<Value>): readonly Value[] {
  const known = new Set(order);
  const passing = new Set([from]);
  for (const each of order) {
    if (each === from || !after.has(each)) continue;
    for (const input of each.inputs) if (known.has(input) && !after.has(input)) passing.add(input);
  }
  return [...passing];
}

/**
 * The tensors through which the whole graph passes, each depending on the one before. At a fork, both branches may have such
 * tensors, if the result of the other branch is small (`MAX_BESIDE`). Then the branch with more kernels is chosen.
 */
function passages(order: readonly Value[]): readonly Value[] {
  const size = (value: Value) => sizeOf(value.shape.map(Number));
  const candidates = order.flatMap((value) => {
    if (value.dtype !== 'float32' && !isOp(value, 'Input')) return [];
    const after = descendants(order, value);
    const [, ...beside] = frontier(order, value, after);
    if (beside.reduce((sum, each) => sum + size(each), 0) > MAX_BESIDE * size(value)) return [];
    const kernels = order.filter((each) => each !== value && after.has(each) && hasKernel(each)).length;
    return [{ value, after, kernels }];
  });
  const points: Value[] = [];
  let rest: ReadonlySet<Value> = new Set(order);
  for (const { value, after } of candidates.toSorted((one, other) => other.kernels - one.kernels)) {
    if (!rest.has(value)) continue;
    points.push(value);
    rest = after;
  }
  return points;
}

function between(order: readonly Value[], start: Value, end: Value): readonly Value[] {
  const [own, beyond] = [descendants(order, start), descendants(order, end)];
  return order.filter((each) => each === end || (each !== start && own.has(each) && !beyond.has(each)));
}

/** Weights that are more than a number for each channel. */
const kernelsOf = (each: Value): readonly Value[] =>
  isOp(each, 'Conv') || isOp(each, 'MatMul') || isOp(each, 'Gemm') || isOp(each, 'Gather')
    ? each.inputs.filter((input, place) => isWeight(each, place) && input.shape.length > 1)
    : [];
const hasKernel = (each: Value) => kernelsOf(each).length > 0;

const isDepthwise = (each: Value): boolean =>
  isOp(each, 'Conv') && each.attributes.group > 1 && each.attributes.group === inputOf(each, 0).shape[1];

const namesOfWeights = (each: Value): readonly string[] =>
  each.inputs.flatMap((input, place) =>
    isWeight(each, place) && isOp(input, 'Constant') && input.attributes.name !== undefined
      ? [input.attributes.name]
      : [],
  );

import { type Dim, productOf } from '../../onnx/dim.ts';
import { matMul, reduceSum, reshape, transpose } from '../ops/index.ts';
import type { Value } from '../value.ts';

/** A value whose axes have a label each. */
interface Labelled {
  readonly value: Value;
  readonly labels: readonly string[];
}

/**
 * The sum of products that the equation states, as in `numpy.einsum`: `bij,bjk->bik` is a product of matrices. Axes whose
 * label is not in the result are summed. `...` stands for further axes, the same in all operands.
 * @throws RangeError when an operand repeats a label (a diagonal), or axes of one label differ in size
 * @see https://onnx.ai/onnx/operators/onnx__Einsum.html
 */
export function einsum(equation: string, operands: readonly Value[]): Value {
  const [left = '', right] = equation.replaceAll(' ', '').split('->');
  const terms = left.split(',');
  if (terms.length !== operands.length)
    throw new RangeError(`Expected ${terms.length} operands of ${equation}, got ${operands.length}`);
  const labelled = operands.map((each, i) => labelsOf(terms[i] ?? '', each));
  requireSizes(equation, labelled);
  const result = right === undefined ? implicitResult(labelled) : resultLabels(right, labelled);
  const [first, ...others] = labelled as [Labelled, ...Labelled[]];
  const all = others.reduce((product, next, i) => {
    const later = others.slice(i + 1).flatMap(({ labels }) => labels);
    return multiplied(product, next, new Set([...result, ...later]));
  }, first);
  return ordered(summed(all, new Set(result)), result).value;
}

const ELLIPSIS = '...';
/** The label of the i-th axis from the end of those that `...` stands for. Labels in equations are single letters. */
const further = (i: number) => `...${i}`;

function labelsOf(term: string, value: Value): Labelled {
  const [before = '', after] = term.split(ELLIPSIS) as [string, string?];
  const letters = before.length + (after?.length ?? 0);
  const count = value.shape.length - letters;
  if (count < 0 || (after === undefined && count > 0))
    throw new RangeError(`Expected an operand with the axes ${term}, got [${value.shape}]`);
  const middle = Array.from({ length: count }, (_, i) => further(count - i));
  const labels = [...before, ...middle, ...(after ?? '')];
  if (new Set(labels).size !== labels.length)
    throw new RangeError(`Expected axes with labels of their own, got ${term}`);
  return { value, labels };
}

function requireSizes(equation: string, operands: readonly Labelled[]): void {
  const sizes = new Map<string, Dim>();
  for (const { value, labels } of operands)
    for (const [i, label] of labels.entries()) {
      const size = value.shape[i] as Dim;
      if ((sizes.get(label) ?? size) !== size)
        throw new RangeError(
          `Expected axes ${label} of ${equation} of one size, got ${sizes.get(label)} and ${size}`,
        );
      sizes.set(label, size);
    }
}

/** The axes of `...`, longest first. */
function furtherOf(operands: readonly Labelled[]): readonly string[] {
  const lists = operands.map(({ labels }) => labels.filter((each) => each.startsWith(ELLIPSIS)));
  return lists.reduce((most, each) => (each.length > most.length ? each : most), []);
}

function resultLabels(term: string, operands: readonly Labelled[]): readonly string[] {
  const [before = '', after] = term.split(ELLIPSIS) as [string, string?];
  const labels = [...before, ...(after === undefined ? [] : furtherOf(operands)), ...(after ?? '')];
  const missing = labels.find((label) => !operands.some((each) => each.labels.includes(label)));
  if (missing !== undefined) throw new RangeError(`Expected operands with an axis ${missing}, got none`);
  return labels;
}

/** Without `->`: the labels that occur once, in alphabetical order. */
function implicitResult(operands: readonly Labelled[]): readonly string[] {
  const all = operands.flatMap(({ labels }) => labels).filter((each) => !each.startsWith(ELLIPSIS));
  const once = all.filter((label) => all.indexOf(label) === all.lastIndexOf(label));
  return [...furtherOf(operands), ...once.sort()];
}

/** Axes that nothing needs any more are summed. */
function summed({ value, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, i) => (needed.has(label) ? [] : [i]));
  return { value: reduceSum(value, axes), labels: labels.filter((label) => needed.has(label)) };
}

function ordered({ value, labels }: Labelled, order: readonly string[]): Labelled {
  const perm = order.map((label) => labels.indexOf(label));
  return { value: perm.every((axis, i) => axis === i) ? value : transpose(value, perm), labels: order };
}

/** The product of two operands, summed over their common axes that are not needed: one product of stacked matrices. */
function multiplied(left: Labelled, right: Labelled, needed: ReadonlySet<string>): Labelled {
  const a = summed(left, new Set([...needed, ...right.labels]));
  const b = summed(right, new Set([...needed, ...left.labels]));
  const common = a.labels.filter((label) => b.labels.includes(label));
  const [stack, inner] = [true, false].map((isNeeded) =>
    common.filter((each) => needed.has(each) === isNeeded),
  );
  const [rows, columns] = [a, b].map(({ labels }) => labels.filter((label) => !common.includes(label)));
  const sizesOf = ({ value, labels }: Labelled, wanted: readonly string[] = []): readonly Dim[] =>
    wanted.map((label) => value.shape[labels.indexOf(label)] as Dim);
  const [batch, m, k, n] = [sizesOf(a, stack), sizesOf(a, rows), sizesOf(a, inner), sizesOf(b, columns)];
  const flat = (x: Labelled, order: readonly string[], shape: readonly Dim[]) =>
    reshape(ordered(x, order).value, shape);
  const product = matMul(
    flat(a, [...(stack ?? []), ...(rows ?? []), ...(inner ?? [])], [...batch, productOf(m), productOf(k)]),
    flat(b, [...(stack ?? []), ...(inner ?? []), ...(columns ?? [])], [...batch, productOf(k), productOf(n)]),
  );
  return {
    value: reshape(product, [...batch, ...m, ...n]),
    labels: [...(stack ?? []), ...(rows ?? []), ...(columns ?? [])],
  };
}

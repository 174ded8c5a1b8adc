import { gemm, reshape } from '../../graph/ops/index.ts';
import { inputOf, isOp, type Value } from '../../graph/value.ts';
import { productOf, sameShape } from '../../onnx/dim.ts';

type Product = readonly [a: Value, b: Value];

/** The part of a captured value's cotangent that one step adds: Σ aᵀb over the products, plus the other terms. */
export interface CapturedGrad {
  readonly products: readonly Product[];
  readonly others: readonly Value[];
}

/**
 * Splits a gradient into products aᵀb, whose factors a [r, m] and b [r, n] are smaller than the product [m, n], and all
 * other terms. Such products are not multiplied in each step: after all steps are stacked, Σₜ aₜᵀbₜ is one product
 * (`productOfSteps`). For the weights [m, n] of a recurrent layer r is 1, so no step computes or adds a matrix.
 */
export function splitGrad(grad: Value | undefined): CapturedGrad {
  const terms = grad ? termsOf(grad) : [];
  const products = terms.map(factorsOf);
  return {
    products: products.filter((each) => each !== null),
    others: terms.filter((_, i) => products[i] === null),
  };
}

function termsOf(sum: Value): readonly Value[] {
  const added = isOp(sum, 'Add') && sum.inputs.every(({ shape }) => sameShape(shape, sum.shape));
  return added ? sum.inputs.flatMap(termsOf) : [sum];
}

function factorsOf(term: Value): Product | null {
  if (!isOp(term, 'Gemm') || term.attributes.transA === 0 || term.attributes.transB === 1) return null;
  const [a, b] = [inputOf(term, 0), inputOf(term, 1)];
  const [r, m, n] = [a.shape[0], a.shape[1], b.shape[1]].map(Number) as [number, number, number];
  return r * (m + n) < m * n ? [a, b] : null;
}

/** Σₜ aₜᵀbₜ of a [N, r, m] and b [N, r, n] as one product [m, n] over the rows of all steps. */
export function productOfSteps(a: Value, b: Value): Value {
  return gemm(rowsOf(a), rowsOf(b), { transA: true });
}

const rowsOf = (x: Value): Value => reshape(x, [productOf(x.shape.slice(0, 2)), ...x.shape.slice(2)]);

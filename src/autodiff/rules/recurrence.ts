import { add, expandLike, partsOf, scalar, scanLists, scanResult } from '../../graph/ops/index.ts';
import { substitute } from '../../graph/rewriting/rewrite.ts';
import type { RecurrenceOps, Value } from '../../graph/value.ts';
import type { FamilyRules } from '../rule.ts';
import { type CapturedGrad, productOfSteps, splitGrad } from './captured-grads.ts';

const zeros = (like: Value): Value => expandLike(scalar(0), like);
const labelled = (label: string, values: readonly Value[]) =>
  values.map((of, i) => ({ label: `${label}.${i}`, of }));
const isFloat = ({ dtype }: Value): boolean => dtype === 'float32';

/** The carries that the steps received, stacked [N, …]. Every scan has these outputs until `pruneScans` removes them. */
function historiesOf(node: Value<'Scan'>): readonly Value[] {
  const { body, carries } = node.attributes;
  return body.parameters.slice(0, carries).map((parameter) => {
    const index = body.results.indexOf(parameter, carries);
    if (index < 0)
      throw new RangeError(
        `Expected a scan with the history of ${parameter.attributes.name}, got one that pruneScans has changed`,
      );
    return scanResult(node, index);
  });
}

export const recurrenceRules: FamilyRules<RecurrenceOps> = {
  ScanResult: ({ attributes: { index } }, dy) => [[...Array<undefined>(index).fill(undefined), dy]],

  /**
   * The gradient of a scan (cₜ, yₜ) = f(cₜ₋₁, xₜ, k) is a scan in the opposite direction, whose carries are dc and the
   * sum dk:
   *
   *     (dcₜ₋₁, dxₜ, δₜ) = (dcₜ, dyₜ) · ∂f/∂(c, x, k) at (cₜ₋₁, xₜ, k),    dk = Σₜ δₜ
   *
   * It starts at the cotangents of the last carries. It reads the carries that the steps received instead of computing
   * them again. Terms of δ that are matrix products are not added step by step: one product computes them for all
   * steps. Shapes: c, dc […]; x, dx, y, dy [N, …]; k, dk as captured. `pruneScans` drops a dk that no output needs.
   *
   * @see Werbos, Backpropagation through time, Proc. IEEE 78 (1990), eq. 11–13
   */
  Scan(node, dys, vjp) {
    const { body, carries, sequences, reverse } = node.attributes;
    const { operands, captured, parameters, standIns } = partsOf(node);
    const c = parameters.slice(0, carries).filter(isFloat);
    const x = parameters.slice(carries).filter(isFloat);
    const k = standIns.filter(isFloat);
    const capturedOf = new Map(standIns.map((each, i) => [each, captured[i] as Value]));
    const stepwise = dys.flatMap((dy, i) => (dy && i >= carries ? [{ of: dy, result: i }] : []));
    const start = parameters.flatMap((each, i) => {
      return c.includes(each) ? [dys[i] ?? zeros(operands[i] as Value)] : [];
    });
    const backward = {
      carries: [
        ...labelled('dc', start),
        ...labelled(
          'dk',
          k.map((each) => zeros(capturedOf.get(each) as Value)),
        ),
      ],
      sequences: [
        ...labelled('c', historiesOf(node)),
        ...labelled('x', operands.slice(carries)),
        ...labelled(
          'dy',
          stepwise.map(({ of }) => of),
        ),
      ],
      reverse: !reverse,
    };
    let capturedGrads: readonly CapturedGrad[] = [];
    const { finals, outputs } = scanLists(backward, (sums, items) => {
      const cotangents = new Map(c.map((each, i) => [parameters.indexOf(each), sums[i]]));
      stepwise.forEach(({ result }, i) => {
        cotangents.set(result, items[carries + sequences + i]);
      });
      const wrt = [...c, ...x, ...k];
      const grads = vjp(
        body.results,
        body.results.map((_, i) => cotangents.get(i)),
        wrt,
      );
      capturedGrads = grads.slice(c.length + x.length).map(splitGrad);
      const replacements = new Map([
        ...capturedOf,
        ...parameters.map((each, i) => [each, items[i] as Value] as const),
      ]);
      const local = grads.slice(0, c.length + x.length).map((each, i) => each ?? zeros(wrt[i] as Value));
      const sumsNext = capturedGrads.map(({ others }, i) =>
        [sums[c.length + i] as Value, ...others].reduce(add),
      );
      const factors = capturedGrads.flatMap(({ products }) => products.flat());
      return {
        next: substitute([...local.slice(0, c.length), ...sumsNext], replacements),
        outputs: substitute([...local.slice(c.length), ...factors], replacements),
      };
    });
    let next = x.length;
    const dk = capturedGrads.map(({ products, others }, i) => {
      const stacked = products.map(() => productOfSteps(outputs[next++] as Value, outputs[next++] as Value));
      const terms = [...(others.length > 0 ? [finals[c.length + i] as Value] : []), ...stacked];
      return terms.length > 0 ? terms.reduce(add) : null;
    });
    const all = [...finals.slice(0, c.length), ...outputs.slice(0, x.length), ...dk];
    return body.parameters.map((each) => all[[...c, ...x, ...k].indexOf(each)] ?? null);
  },
};

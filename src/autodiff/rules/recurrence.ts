import { add, expandLike, partsOf, scalar, scanLists, scanResult } from '../../graph/ops/index.ts';
import { substitute } from '../../graph/rewriting/rewrite.ts';
import type { RecurrenceOps, Value } from '../../graph/value.ts';
import type { FamilyRules } from '../rule.ts';
import { productOfSteps, type Shares, sharesOf } from './gradients.ts';

const zeros = (like: Value): Value => expandLike(scalar(0), like);
const labelled = (label: string, values: readonly Value[]) =>
  values.map((of, i) => ({ label: `${label}.${i}`, of }));
const isFloat = ({ dtype }: Value): boolean => dtype === 'float32';

/** Every carry as each step found it, stacked [N, …]: an output of every scan until the passes drop the idle ones. */
function historiesOf(node: Value<'Scan'>): readonly Value[] {
  const { body, carries } = node.attributes;
  return body.parameters.slice(0, carries).map((parameter) => {
    const index = body.results.indexOf(parameter, carries);
    if (index < 0)
      throw new RangeError(
        `Expected a scan that keeps ${parameter.attributes.name}, got one that passes have pruned`,
      );
    return scanResult(node, index);
  });
}

export const recurrenceRules: FamilyRules<RecurrenceOps> = {
  ScanResult: ({ attributes: { index } }, dy) => [[...Array<undefined>(index).fill(undefined), dy]],

  /**
   * With (cₜ, yₜ) = f(cₜ₋₁, xₜ, k), a scan the other way round that carries dc and the sum dk:
   *
   *     (dcₜ₋₁, dxₜ, δₜ) = (dcₜ, dyₜ) · ∂f/∂(c, x, k) at (cₜ₋₁, xₜ, k),    dk = Σₜ δₜ
   *
   * It starts at the cotangents of the last carries, and reads the carries that the steps found instead of computing
   * them again. Matrix products among the δ are not summed step by step but made of all steps at once. Shapes: c, dc […]; x, dx, y, dy [N, …]; k, dk as captured. Where nobody needs a dk, the passes drop it.
   *
   * @see Werbos, Backpropagation through time, Proc. IEEE 78 (1990), eq. 11–13
   */
  Scan(node, dys, vjp) {
    const { body, carries, sequences, reverse } = node.attributes;
    const { operands, captured, parameters, standIns } = partsOf(node);
    const c = parameters.slice(0, carries).filter(isFloat);
    const x = parameters.slice(carries).filter(isFloat);
    const k = standIns.filter(isFloat);
    const steady = new Map(standIns.map((each, i) => [each, captured[i] as Value]));
    const stepwise = dys.flatMap((dy, i) => (dy && i >= carries ? [{ of: dy, result: i }] : []));
    const start = parameters.flatMap((each, i) => {
      return c.includes(each) ? [dys[i] ?? zeros(operands[i] as Value)] : [];
    });
    const sweep = {
      carries: [
        ...labelled('dc', start),
        ...labelled(
          'dk',
          k.map((each) => zeros(steady.get(each) as Value)),
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
    let shares: readonly Shares[] = [];
    const { finals, outputs } = scanLists(sweep, (sums, seen) => {
      const seeds = new Map(c.map((each, i) => [parameters.indexOf(each), sums[i]]));
      stepwise.forEach(({ result }, i) => {
        seeds.set(result, seen[carries + sequences + i]);
      });
      const wrt = [...c, ...x, ...k];
      const slopes = vjp(
        body.results,
        body.results.map((_, i) => seeds.get(i)),
        wrt,
      );
      shares = slopes.slice(c.length + x.length).map(sharesOf);
      const here = new Map([...steady, ...parameters.map((each, i) => [each, seen[i] as Value] as const)]);
      const moved = slopes.slice(0, c.length + x.length).map((each, i) => each ?? zeros(wrt[i] as Value));
      const grown = shares.map(({ rest }, i) => [sums[c.length + i] as Value, ...rest].reduce(add));
      const factors = shares.flatMap(({ products }) => products.flat());
      return {
        next: substitute([...moved.slice(0, c.length), ...grown], here),
        outputs: substitute([...moved.slice(c.length), ...factors], here),
      };
    });
    let next = x.length;
    const dk = shares.map(({ products, rest }, i) => {
      const stacked = products.map(() => productOfSteps(outputs[next++] as Value, outputs[next++] as Value));
      const terms = [...(rest.length > 0 ? [finals[c.length + i] as Value] : []), ...stacked];
      return terms.length > 0 ? terms.reduce(add) : null;
    });
    const found = [...finals.slice(0, c.length), ...outputs.slice(0, x.length), ...dk];
    return body.parameters.map((each) => found[[...c, ...x, ...k].indexOf(each)] ?? null);
  },
};

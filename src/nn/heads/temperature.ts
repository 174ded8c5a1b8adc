import { add, exp, mul } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { type ParameterSpecs, type Params, startAt, weightOf } from '../parameters.ts';
import type { Classes } from './classes.ts';

/**
 * Meta-learned temperatures, by which scores are multiplied to become logits: exp(a + b log shots + c log ways). More
 * examples of a class make its scores more certain.
 */
export const temperatureParameters = (name: string, start: number, heads = 1): ParameterSpecs => ({
  [`${name}.level`]: startAt(Math.log(start), [heads]),
  [`${name}.shots`]: startAt(0, [heads]),
  [`${name}.ways`]: startAt(0, [heads]),
});

/** The temperatures [heads] for a support set. */
export function temperatures(params: Params, name: string, { logShots, logWays }: Classes): Value {
  const level = weightOf(params, `${name}.level`);
  const slope = (kind: string) => weightOf(params, `${name}.${kind}`);
  return exp(add(level, add(mul(slope('shots'), logShots), mul(slope('ways'), logWays))));
}

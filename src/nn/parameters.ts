import { input } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Shape } from '../onnx/dim.ts';

/** Named weights as graph values. Their insertion order is part of a program's signature. */
export type Params = Readonly<Record<string, Value>>;

/** Shape and initial value of a weight. */
export interface ParameterSpec {
  readonly shape: readonly number[];
  /** Standard deviation of a normal distribution around 0, a constant, or all values. */
  readonly start:
    | { readonly normal: number }
    | { readonly constant: number }
    | { readonly values: Float32Array };
  /** The size of an element, to which the steps of the outer loop are relative. Default: 1. */
  readonly size?: number;
}
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** Normal initialisation that keeps the variance of ReLU layers: √(2 / fan-in). @see He et al. 2015, arXiv:1502.01852, eq. 10 */
export function heNormal(shape: readonly number[], fanIn: number): ParameterSpec {
  return { shape, start: { normal: Math.sqrt(2 / fanIn) } };
}

export function startAt(constant: number, shape: readonly number[]): ParameterSpec {
  return { shape, start: { constant } };
}

/** One graph input per weight, under its name. */
export function parameterInputs(
  weights: Readonly<Record<string, { readonly shape: Shape }>>,
): Readonly<Record<string, Value<'Input'>>> {
  return Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, input(name, shape)]));
}

/** The weights of these names, in this order. @throws RangeError that names a missing weight. */
export function weightsOf<Name extends string>(params: Params, names: readonly Name[]) {
  return Object.fromEntries(names.map((name) => [name, weightOf(params, name)])) as Readonly<
    Record<Name, Value>
  >;
}

/** The weight of this name. @throws RangeError that names the weight if it is missing. */
export function weightOf(params: Params, name: string): Value {
  const weight = params[name];
  if (!weight) throw new RangeError(`Expected a weight ${name}, got ${Object.keys(params).join(', ')}`);
  return weight;
}

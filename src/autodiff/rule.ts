import type { Expandable } from '../graph/expansions.ts';
import type { OpType, Value } from '../graph/value.ts';

/** Cotangents of an operator's results, in order; undefined for a result that no output depends on. */
export type ResultCotangents = readonly (Value | undefined)[];

/** A cotangent of a value's shape, or one for each result of a scan. */
export type Cotangent = Value | ResultCotangents;

type CotangentOf<Op extends OpType> = Op extends 'Scan' ? ResultCotangents : Value;

/**
 * The vector-Jacobian product: given ys and a cotangent dy of each, Σ dy ∂y/∂x for each x in `xs`. Undefined if no y with
 * a cotangent depends on x. If the xs are `independent`, a path from one of them through another does not count.
 */
export type Vjp = (
  ys: readonly Value[],
  dys: readonly (Value | undefined)[],
  xs: readonly Value[],
  independent?: boolean,
) => readonly (Value | undefined)[];

/**
 * Reverse-mode rule of one operator: given the node y = op(inputs…) and the cotangent dy of y's shape, the cotangent of
 * each input, of that input's shape; null for an input without a gradient (integers, and inputs that count as
 * constants). Unneeded cotangents cost nothing, because unreachable values are never emitted. An operator with a body
 * differentiates it by `vjp`.
 *
 * A rule emits only operators that have rules, so that its result can be differentiated again.
 */
export type GradientRule<Op extends OpType> = (
  y: Value<Op>,
  dy: CotangentOf<Op>,
  vjp: Vjp,
) => readonly (Cotangent | null)[];

/** One rule per operator. If a rule is missing, the code does not compile. */
export type GradientRules = { readonly [Op in OpType]: GradientRule<Op> };

/** The rules of one family. An operator that has an expansion may leave its rule to that. */
export type FamilyRules<Ops> = {
  readonly [Op in Exclude<keyof Ops & OpType, Expandable>]: GradientRule<Op>;
} & { readonly [Op in keyof Ops & Expandable]?: GradientRule<Op> };

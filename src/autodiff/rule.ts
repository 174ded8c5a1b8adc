import type { OpType, Value } from '../graph/value.ts';

/** Cotangents of an operator's several results, in their order; nothing for those that no output depends on. */
export type ResultCotangents = readonly (Value | undefined)[];

/** What is handed back through the graph: one cotangent of a value's shape, or one for each of a scan's results. */
export type Cotangent = Value | ResultCotangents;

type CotangentOf<Op extends OpType> = Op extends 'Scan' ? ResultCotangents : Value;

/**
 * The vector-Jacobian product: given ys and a cotangent dy of each, Σ dy ∂y/∂x for each x of `xs`; undefined where
 * no y that has a cotangent depends on x.
 */
export type Vjp = (
  ys: readonly Value[],
  dys: readonly (Value | undefined)[],
  xs: readonly Value[],
) => readonly (Value | undefined)[];

/**
 * Reverse-mode rule of one operator: given the node y = op(inputs…) and the cotangent dy of y's shape, the
 * cotangent of each input, of that input's shape; null where there is none (integers, constants to
 * differentiation). Cotangents nobody needs cost nothing: values that no output reaches do not exist.
 * An operator that holds a graph differentiates it by `vjp`.
 *
 * A rule emits only operators that have rules, so that its result can be differentiated again.
 */
export type GradientRule<Op extends OpType> = (
  y: Value<Op>,
  dy: CotangentOf<Op>,
  vjp: Vjp,
) => readonly (Cotangent | null)[];

/** One rule per operator: a forgotten one does not compile. */
export type GradientRules = { readonly [Op in OpType]: GradientRule<Op> };

/** The rules of one family. */
export type FamilyRules<Ops> = { readonly [Op in keyof Ops & OpType]: GradientRule<Op> };

import type { OpType, Value } from '../graph/value.ts';

/**
 * Reverse-mode rule of one operator: given the node y = op(inputs…) and the cotangent dy of y's shape, the
 * cotangent of each input, of that input's shape; null where there is none (integers, constants to
 * differentiation). Cotangents nobody needs cost nothing: values that no output reaches do not exist.
 *
 * A rule emits only operators that have rules, so that its result can be differentiated again.
 */
export type GradientRule<Op extends OpType> = (y: Value<Op>, dy: Value) => readonly (Value | null)[];

/** One rule per operator: a forgotten one does not compile. */
export type GradientRules = { readonly [Op in OpType]: GradientRule<Op> };

/** The rules of one family. */
export type FamilyRules<Ops> = { readonly [Op in keyof Ops & OpType]: GradientRule<Op> };

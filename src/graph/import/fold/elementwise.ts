import { storedTypeOf } from '../../../onnx/typed-values.ts';
import type { DType } from '../../value.ts';
import { castTo, type Folded, foldedType, isFolded } from '../folded.ts';
import type { OperatorNode } from '../operator-node.ts';
import { Unreadable } from '../refusal.ts';
import { mapTogether } from './broadcast.ts';

export type Fold = (node: OperatorNode) => Folded | readonly Folded[];

const all = (node: OperatorNode): readonly Folded[] => node.args.map((_, i) => node.folded(i));

/** The same type as the operands. */
const same =
  (f: (...numbers: number[]) => number): Fold =>
  (node) =>
    mapTogether(node, node.type(0), all(node), f);

const truth =
  (f: (a: number, b: number) => boolean): Fold =>
  (node) =>
    mapTogether(node, 'bool', all(node), (a, b) => Number(f(a as number, b as number)));

/** The two operands at a time. */
const pairwise =
  (f: (a: number, b: number) => number): Fold =>
  (node) =>
    all(node).reduce((a, b) => mapTogether(node, a.type, [a, b], (x, y) => f(x as number, y as number)));

/** Integers are divided towards zero. */
const divide: Fold = (node) => {
  const isWhole = node.type(0) !== 'float32';
  return mapTogether(node, node.type(0), all(node), (a = 0, b = 0) => (isWhole ? Math.trunc(a / b) : a / b));
};

const modulo: Fold = (node) => {
  const truncated = node.int('fmod', 0) === 1;
  return mapTogether(node, node.type(0), all(node), (a = 0, b = 0) =>
    truncated ? a % b : a - b * Math.floor(a / b),
  );
};

/** Halves to the even neighbour. */
function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const distance = x - down;
  return distance < 0.5 || (distance === 0.5 && down % 2 === 0) ? down : down + 1;
}

/** The type of the result that an attribute names. */
export function targetType(node: OperatorNode, attribute = 'to', absent = 0): DType {
  const type = node.int(attribute, absent);
  const stored = storedTypeOf(type);
  if (!stored) throw new Unreadable(`${node.label}: expected ${attribute} to name numbers, got type ${type}`);
  return foldedType(stored);
}

/** The type of operand 1. Weights of 8 bits are held as float32, but they are integers. */
export function typeLike(node: OperatorNode): DType {
  const like = node.entry(1);
  return isFolded(like) && like.stored ? foldedType(like.stored) : node.type(1);
}

/** The infinities that an IsInf asks for; by default both. */
export const signsOfInfinity = (node: OperatorNode): readonly number[] => [
  ...(node.int('detect_positive', 1) === 1 ? [Number.POSITIVE_INFINITY] : []),
  ...(node.int('detect_negative', 1) === 1 ? [Number.NEGATIVE_INFINITY] : []),
];

export const elementwise: Readonly<Record<string, Fold>> = {
  Add: same((a = 0, b = 0) => a + b),
  Sub: same((a = 0, b = 0) => a - b),
  Mul: same((a = 0, b = 0) => a * b),
  Div: divide,
  Mod: modulo,
  Pow: same((a = 0, b = 0) => a ** b),
  Neg: same((a = 0) => -a),
  Abs: same((a = 0) => Math.abs(a)),
  Sign: same((a = 0) => Math.sign(a)),
  Floor: same((a = 0) => Math.floor(a)),
  Ceil: same((a = 0) => Math.ceil(a)),
  Round: same((a = 0) => roundHalfEven(a)),
  Sqrt: same((a = 0) => Math.sqrt(a)),
  Reciprocal: same((a = 0) => 1 / a),
  Exp: same((a = 0) => Math.exp(a)),
  Log: same((a = 0) => Math.log(a)),
  Sin: same((a = 0) => Math.sin(a)),
  Cos: same((a = 0) => Math.cos(a)),
  Tanh: same((a = 0) => Math.tanh(a)),
  Sigmoid: same((a = 0) => 1 / (1 + Math.exp(-a))),
  Relu: same((a = 0) => Math.max(0, a)),
  Identity: (node) => node.folded(0),
  Dropout: (node) => node.folded(0),
  Sum: pairwise((a, b) => a + b),
  Max: pairwise(Math.max),
  Min: pairwise(Math.min),
  Clip: (node) => {
    const [least, most] = [
      node.number(1, node.float('min', -Infinity)),
      node.number(2, node.float('max', Infinity)),
    ];
    return mapTogether(node, node.type(0), [node.folded(0)], (a = 0) => Math.min(most, Math.max(least, a)));
  },
  Equal: truth((a, b) => a === b),
  Less: truth((a, b) => a < b),
  LessOrEqual: truth((a, b) => a <= b),
  Greater: truth((a, b) => a > b),
  GreaterOrEqual: truth((a, b) => a >= b),
  And: truth((a, b) => a !== 0 && b !== 0),
  Or: truth((a, b) => a !== 0 || b !== 0),
  Xor: truth((a, b) => (a !== 0) !== (b !== 0)),
  IsNaN: (node) => mapTogether(node, 'bool', [node.folded(0)], (a = 0) => Number(Number.isNaN(a))),
  IsInf: (node) => {
    const signs = signsOfInfinity(node);
    return mapTogether(node, 'bool', [node.folded(0)], (a = 0) => Number(signs.includes(a)));
  },
  Not: (node) => mapTogether(node, 'bool', [node.folded(0)], (a = 0) => Number(a === 0)),
  Where: (node) =>
    mapTogether(node, node.type(1), all(node), (condition = 0, a = 0, b = 0) => (condition ? a : b)),
  Cast: (node) => castTo(node.folded(0), targetType(node), node.budget),
  CastLike: (node) => castTo(node.folded(0), typeLike(node), node.budget),
};

import { add, cast, concat, gather, mul, reshape, slice, sub } from '../../../ops/index.ts';
import type { Value } from '../../../value.ts';
import type { OperatorNode } from '../../operator-node.ts';
import { refuse, Unreadable } from '../../refusal.ts';
import type { Translation } from '../translation.ts';
import { joined, sizesOf, split } from './heads.ts';

interface Rotation {
  readonly x: Value;
  /** [tokens, size / 2] or [batch, tokens, size / 2] */
  readonly cos: Value;
  readonly sin: Value;
  readonly isInterleaved: boolean;
  readonly label: string;
}

/**
 * Pairs of numbers of each head turned by an angle that grows with the position: x [batch, heads, tokens, size].
 * @see Su et al. 2021, arXiv:2104.09864
 */
function rotated({ x, cos, sin, isInterleaved, label }: Rotation): Value {
  const [batch = 1, heads = 1, tokens = 1, size = 1] = sizesOf(x);
  const half = Number(cos.shape.at(-1));
  if (2 * half > size) throw refuse(`angles of ${label} for at most ${size} numbers`, 2 * half);
  const angles = (each: Value) => {
    const [rows = 1] = sizesOf(each);
    return reshape(each, [each.shape.length === 3 ? rows : 1, 1, tokens, half]);
  };
  const [c, s] = [angles(cos), angles(sin)];
  const part = (start: number, end: number, step = 1) => slice(x, [{ axis: 3, start, end, step }]);
  const [a, b] = isInterleaved
    ? [part(0, 2 * half - 1, 2), part(1, 2 * half, 2)]
    : [part(0, half), part(half, 2 * half)];
  const turned = [sub(mul(a, c), mul(b, s)), add(mul(b, c), mul(a, s))];
  const paired = isInterleaved
    ? reshape(
        concat(
          turned.map((each) => reshape(each, [batch, heads, tokens, half, 1])),
          4,
        ),
        [batch, heads, tokens, 2 * half],
      )
    : concat(turned, 3);
  return 2 * half === size ? paired : concat([paired, part(2 * half, size)], 3);
}

/** x in heads, and back in the form that it has. */
function perHead(node: OperatorNode, f: (x: Value) => Value): Value {
  const x = node.value(0);
  if (x.shape.length === 4) return f(x);
  return joined(f(split(x, node.int('num_heads', 0), node.label)));
}

const anglesAt = (table: Value, positions: Value): Value => gather(table, cast(positions, 'int64'), 0);

/** Operands: x, positions, and tables of cosines and sines [positions, size / 2]. */
export const rotaryOfRuntime: Translation = (node) => {
  const positions = node.value(1);
  if (positions.shape.length !== 2) throw new Unreadable(`${node.label}: expected positions [batch, tokens]`);
  const [cos, sin] = [anglesAt(node.value(2), positions), anglesAt(node.value(3), positions)];
  const isInterleaved = node.int('interleaved', 0) === 1;
  return perHead(node, (x) => rotated({ x, cos, sin, isInterleaved, label: node.label }));
};

/** Operands: x, cosines, sines, and positions; without positions the angles are those of each token. */
export const rotary: Translation = (node) => {
  const [cos, sin] = [1, 2].map((i) =>
    node.has(3) ? anglesAt(node.value(i), node.value(3)) : node.value(i),
  ) as [Value, Value];
  const isInterleaved = node.int('interleaved', 0) === 1;
  return perHead(node, (x) => rotated({ x, cos, sin, isInterleaved, label: node.label }));
};

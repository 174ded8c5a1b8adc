import { broadcastShapes } from '../../../onnx/dim.ts';
import { allocate, type Folded } from '../folded.ts';
import type { OperatorNode } from '../operator-node.ts';
import { refuse, Unreadable } from '../refusal.ts';
import { expandTo } from './broadcast.ts';
import type { Fold } from './elementwise.ts';

/** Larger products stay in the network. Those that make the angles of rotary positions are smaller. */
const MOST_MULTIPLICATIONS = 2 ** 22;

/** A product of two stacks of small matrices. */
function multiplied(node: OperatorNode): Folded {
  const [a, b] = [node.folded(0), node.folded(1)];
  if (a.shape.length < 2 || b.shape.length < 2)
    throw new Unreadable(`${node.label}: expected matrices, got [${a.shape}] and [${b.shape}]`);
  const [rows = 0, inner = 0] = a.shape.slice(-2);
  const [depth = 0, columns = 0] = b.shape.slice(-2);
  if (inner !== depth) throw refuse(`factors of ${node.label} that agree`, `[${a.shape}] and [${b.shape}]`);
  const stack = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)) as readonly number[];
  const count = stack.reduce((x, y) => x * y, 1);
  const multiplications = count * rows * inner * columns;
  if (multiplications > MOST_MULTIPLICATIONS)
    throw new Unreadable(
      `${node.label}: expected at most ${MOST_MULTIPLICATIONS} multiplications, got ${multiplications}`,
    );
  node.budget.visit(multiplications, node.label);
  const [left, right] = [
    expandTo(node, a, [...stack, rows, inner]),
    expandTo(node, b, [...stack, inner, columns]),
  ];
  const made = allocate(node.budget, a.type, [...stack, rows, columns], node.label);
  for (let at = 0; at < made.data.length; at++) {
    const [column, row] = [at % columns, Math.floor(at / columns)];
    const from = Math.floor(row / rows) * inner * columns + column;
    let sum = 0;
    for (let i = 0; i < inner; i++)
      sum += (left.data[row * inner + i] ?? 0) * (right.data[from + i * columns] ?? 0);
    made.data[at] = sum;
  }
  return made;
}

export const products: Readonly<Record<string, Fold>> = { MatMul: multiplied };

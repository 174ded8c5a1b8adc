import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import { encodeProgram } from '../../src/graph/export/encode.ts';
import { add, input, mul, neg, reduceSum, tanh } from '../../src/graph/ops/index.ts';
import { print } from '../../src/graph/print.ts';
import { program } from '../../src/graph/program.ts';
import { inputOf, topologicalOrder, type Value } from '../../src/graph/value.ts';
import { evaluate } from '../support/reference/evaluate.ts';

const x = input('x', [2]);

describe('a value', () => {
  it('cannot be changed', () => {
    const y = neg(x) as { shape: unknown };
    expect(() => {
      y.shape = [3];
    }).toThrow(TypeError);
  });

  it('has no input beyond those of its operator', () => {
    expect(() => inputOf(neg(x), 1)).toThrow('Expected Neg to have an input 1, got 1 inputs');
  });
});

describe('topologicalOrder', () => {
  it('lists every value once, inputs before users', () => {
    const a = tanh(x);
    const b = mul(a, x);
    const order = topologicalOrder([add(b, a), b, x]);
    expect(order.map(({ op }) => op)).toEqual(['Input', 'Tanh', 'Mul', 'Add']);
  });
});

describe('a chain of 10 000 values', () => {
  const chain = (depth: number, step: (y: Value) => Value): Value => {
    let y: Value = x;
    for (let i = 0; i < depth; i++) y = step(y);
    return y;
  };

  it('is differentiated, transformed, printed and encoded without exhausting the stack', () => {
    const loss = reduceSum(chain(10_000, tanh));
    const [dx] = gradient(loss, [x]);
    const deep = program('deep', [x], { dx: dx as Value });
    expect(print(deep).split('\n').length).toBeGreaterThan(30_000);
    expect(encodeProgram(deep).length).toBeGreaterThan(100_000);
  });

  it('collapses when simplification undoes it', () => {
    const collapsed = program('deep', [x], { y: chain(10_000, neg) });
    expect(collapsed.outputs.y).toBe(x);
  });

  it('takes linear time even if every value is used twice', () => {
    const doubled = chain(1_000, (y) => add(y, y));
    expect(topologicalOrder([doubled])).toHaveLength(1_001);
    const [y] = evaluate([gradient(reduceSum(doubled), [x])[0] as Value], {});
    expect(y?.data[0]).toBe(2 ** 1000);
  });
});

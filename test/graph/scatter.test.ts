import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import { cast, gather, input, mul, reduceSum, scatterAdd } from '../../src/graph/ops/index.ts';
import { lower } from '../../src/graph/passes/lower.ts';
import { topologicalOrder, type Value } from '../../src/graph/value.ts';
import type { Shape } from '../../src/onnx/dim.ts';
import { inputsOf } from '../support/reference/gradients.ts';
import { expectOnnxToAgree } from '../support/reference/onnx.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';

/** Whole numbers from −count to count that depend on x. */
const places = (x: Value, count: number): Value => cast(mul(x, count), 'int64');

describe('adding at indices', () => {
  it.each<[string, Shape, Shape, Shape]>([
    ['to few rows', [4, 3], ['N'], ['N', 3]],
    ['to many rows', [600, 3], ['N'], ['N', 3]],
    ['to numbers', [600], ['N', 2], ['N', 2]],
    ['to a computed number of rows', ['M', 2], ['N'], ['N', 2]],
  ])('%s leaves no operator that the runtime computes wrongly on several threads', async (_, x, i, u) => {
    const [data, at, updates] = [input('x', x), input('i', i), input('u', u)];
    const y = scatterAdd(data, places(at, 1.2), updates);
    const lowered = topologicalOrder(lower([y])).map(({ op }) => op);
    expect(lowered).not.toContain('ScatterND');
    const sizes = { N: 40, M: 3 };
    await expectOnnxToAgree([y], sampleFeeds(inputsOf([y]), { sizes }), sizes);
  });

  it('keeps integers', async () => {
    const [x, i] = [input('x', [5]), input('i', ['N'])];
    const whole = (each: Value) => cast(mul(each, 4), 'int64');
    const y = cast(scatterAdd(whole(x), places(i, 2), whole(i)), 'float32');
    await expectOnnxToAgree([y], sampleFeeds([x, i], { sizes: { N: 30 } }), { N: 30 });
  });

  it('is the gradient of a lookup in a table, for many rows', async () => {
    const [table, at] = [input('table', [700, 4]), input('at', ['N'])];
    const read = gather(table, places(at, 400), 0);
    const [dTable] = gradient(reduceSum(mul(read, read)), [table]);
    await expectOnnxToAgree([dTable as Value], sampleFeeds([table, at], { sizes: { N: 50 } }), { N: 50 });
  });
});

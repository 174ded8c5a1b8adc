import { describe, expect, it } from 'vitest';
import { gradient } from '../../src/autodiff/gradient.ts';
import {
  add,
  argMin,
  div,
  input,
  mul,
  oneHot,
  reduceSum,
  reshape,
  scan,
  slice,
  sqrt,
  stopGradient,
  tanh,
} from '../../src/graph/ops/index.ts';
import { pruneScans } from '../../src/graph/passes/prune-scans.ts';
import { isOp, topologicalOrder, type Value } from '../../src/graph/value.ts';
import { expectClose } from '../support/close.ts';
import { evaluate } from '../support/reference/evaluate.ts';
import { expectGradients, inputsOf, ordersOf } from '../support/reference/gradients.ts';
import { expectOnnxToAgree } from '../support/reference/onnx.ts';
import { sampleFeeds } from '../support/reference/sampling/sample.ts';
import { lstm } from './cases/recurrences.ts';

const x = input('x', [3, 2]);
const start = input('start', [2]);
const w = input('w', [2]);

type Step = (carry: Value, item: Value) => Value;

const scanned = (step: Step): Value =>
  scan({ carry: { y: start }, sequences: { x } }, ({ y }, { x: item }) => ({ carry: { y: step(y, item) } }))
    .carry.y;

/** The same computation as unrolled steps. */
const writtenOut = (step: Step): Value =>
  [0, 1, 2].reduce<Value>(
    (y, i) => step(y, reshape(slice(x, [{ axis: 0, start: i, end: i + 1 }]), [2])),
    start,
  );

describe('the gradient of a scan', () => {
  const shared = tanh(w);
  const steps: Readonly<Record<string, Step>> = {
    'a plain recurrence': (y, item) => tanh(mul(y, item)),
    'one half of it a constant to differentiation': (y, item) =>
      add(stopGradient(mul(y, item)), mul(y, tanh(item))),
    'captured values that are made of each other': (y, item) => add(mul(y, w), mul(shared, mul(item, w))),
    'a captured value used in a step and as the carry': (y) => mul(y, start),
    'a carry that no item reaches': (y) => mul(y, w),
    'items alone': (_, item) => item,
    'a captured value alone': () => shared,
  };

  it.each(Object.entries(steps))('equals that of the unrolled steps: %s', (_, step) => {
    const wrt = [x, start, w, shared];
    const grads = [scanned, writtenOut].map((make) => {
      const y = make(step);
      const loss = reduceSum(mul(y, y));
      const first = gradient(loss, wrt);
      const curvature = first.map((each) => reduceSum(mul(each, each))).reduce(add);
      return [loss, ...first, ...gradient(curvature, wrt)];
    }) as [Value[], Value[]];
    const feeds = sampleFeeds([x, start, w]);
    const expected = evaluate(grads[1], feeds);
    evaluate(grads[0], feeds).forEach((each, i) => {
      expectClose(each, expected[i], 1e-12, `value ${i}`);
    });
  });

  it('flows through a memory that is written at its least used slot', async () => {
    const keys = input('keys', ['N', 2]);
    const { carry } = scan(
      { carry: { memory: input('memory', [3, 2]), used: input('used', [3]) }, sequences: { keys } },
      ({ memory, used }, { keys: key }) => {
        const place = oneHot(argMin(used, 0), 3);
        const written = add(memory, mul(reshape(place, [3, 1]), reshape(key, [1, 2])));
        const norms = sqrt(add(reduceSum(mul(written, written), [1]), 1));
        const read = div(reduceSum(mul(written, reshape(key, [1, 2])), [1]), norms);
        return { carry: { memory: written, used: add(add(mul(used, 0.9), place), mul(read, 0.1)) } };
      },
    );
    const y = add(reduceSum(carry.memory, [1]), carry.used);
    const orders = ordersOf(y, inputsOf([y]), 2);
    const values = [y, ...orders.flatMap(({ gradients }) => gradients)];
    const sizes = { N: 4 };
    const feeds = sampleFeeds(inputsOf(values.concat(orders.map(({ loss }) => loss))), { sizes });
    for (const order of orders) expectGradients(order, feeds, sizes);
    await expectOnnxToAgree(values, feeds, sizes);
  });

  it('computes the gradient of a matrix once for all steps', () => {
    const weights = [input('inward', [2, 12]), input('across', [3, 12])] as const;
    const y = lstm(input('x', ['N', 2]), ...weights);
    const grads = pruneScans(gradient(reduceSum(mul(y, y)), weights));
    const scans = topologicalOrder(grads).filter((each) => isOp(each, 'Scan'));
    const carried = scans.map(({ attributes: { body, carries } }) => body.parameters.slice(0, carries));
    expect(carried.map((each) => each.map(({ shape }) => shape))).toEqual([
      [
        [1, 3],
        [1, 3],
      ],
      [
        [1, 3],
        [1, 3],
      ],
    ]);
  });

  it('must be taken before pruneScans, which drops the histories that it reads', () => {
    const [pruned] = pruneScans([scanned((y, item) => mul(y, item))]) as [Value];
    expect(() => gradient(reduceSum(pruned), [start])).toThrow(
      'Expected a scan with the history of carry.y, got one that pruneScans has changed',
    );
  });
});

import { expect, it } from 'vitest';
import { add, conv, input } from '../../src/graph/ops/index.ts';
import { kernelsAmong, pack, unpack } from '../../src/nn/packing.ts';
import { expectClose } from '../support/close.ts';
import { evaluateSampled } from '../support/reference/sampling/sample.ts';

const state = {
  filters: input('filters', [4, 3, 2, 3]),
  depthwise: input('depthwise', [4, 1, 3, 3]),
  pointwise: input('pointwise', [5, 4, 1, 1]),
  positions: input('positions', [1, 5, 6, 5]),
  bias: input('bias', [5]),
};
const x = input('x', ['N', 3, 7, 7]);
const y = add(
  conv(
    conv(conv(x, state.filters), state.depthwise, undefined, { group: 4, pads: [1, 1, 1, 1] }),
    state.pointwise,
    state.bias,
  ),
  state.positions,
);
const kernels = kernelsAmong(state, [y]);

it('packs the filters that products read, and no other tensor of four axes', () => {
  expect([...kernels]).toEqual(['filters']);
  const packed = pack(state, kernels);
  expect(packed.filters?.shape).toEqual([4, 18]);
  for (const name of ['depthwise', 'pointwise', 'positions', 'bias'] as const)
    expect(packed[name]).toBe(state[name]);
});

it('gives back each weight as it was', () => {
  const back = unpack(pack(state, kernels), state, kernels);
  for (const [name, weight] of Object.entries(state)) {
    const [expected, actual] = evaluateSampled([weight, back[name] ?? weight]);
    if (expected && actual) expectClose(actual, expected, 0, name);
  }
});

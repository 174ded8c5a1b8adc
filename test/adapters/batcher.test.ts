import { describe, expect, it } from 'vitest';
import { createBatcher } from '../../src/adapters/onnxruntime/batcher.ts';
import { type Tensor, type Tensors, tensor } from '../../src/tensor.ts';
import { deferred } from '../support/deferred.ts';

const column = (...values: number[]) => tensor([values.length, 1], values);
const double = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map((value) => 2 * value) });

describe('batching predictions', () => {
  it('joins what arrives together, up to the most rows', async () => {
    const batches: number[] = [];
    const state: Tensors = {};
    const predict = createBatcher(4);
    const forward = async (_state: Tensors, x: Tensor) => {
      batches.push(x.data.length);
      return double(x);
    };
    const answers = await Promise.all([
      predict(forward, state, column(1)),
      predict(forward, state, column(2, 3)),
      predict(forward, state, column(4, 5)),
      predict(forward, state, column(6)),
    ]);
    expect(batches).toEqual([3, 3]);
    expect(answers.map(({ y }) => y)).toEqual([column(2), column(4, 6), column(8, 10), column(12)]);
    // Each batch is told once, however many share it.
    expect(answers.map(({ rows }) => rows)).toEqual([[3], [], [3], []]);
  });

  it('gathers the next batch while one computes', async () => {
    const gate = deferred();
    const batches: number[] = [];
    const state: Tensors = {};
    const predict = createBatcher(4);
    const started = deferred();
    const forward = async (_state: Tensors, x: Tensor) => {
      batches.push(x.data.length);
      started.resolve();
      await gate.promise;
      return double(x);
    };
    const first = predict(forward, state, column(1));
    await started.promise;
    const later = [column(2), column(3), column(4)].map((x) => predict(forward, state, x));
    gate.resolve();
    await Promise.all([first, ...later]);
    expect(batches).toEqual([1, 3]);
  });

  it('lets states take turns', async () => {
    const order: string[] = [];
    const predict = createBatcher(2);
    const [busy, other]: [Tensors, Tensors] = [{}, {}];
    const forward = async (state: Tensors, x: Tensor) => {
      order.push(state === busy ? 'busy' : 'other');
      return double(x);
    };
    const many = predict(forward, busy, column(1, 2, 3, 4, 5, 6));
    const few = predict(forward, other, column(7));
    expect(await many).toMatchObject({ y: column(2, 4, 6, 8, 10, 12), rows: [2, 2, 2] });
    expect(await few).toMatchObject({ y: column(14), rows: [1] });
    expect(order).toEqual(['busy', 'other', 'busy', 'busy']);
  });

  it('fails every caller of a batch that fails, and no other', async () => {
    const predict = createBatcher(2);
    const state: Tensors = {};
    const forward = async (_state: Tensors, x: Tensor) => {
      if (x.data.includes(0)) throw new Error('cannot');
      return double(x);
    };
    const answers = await Promise.allSettled(
      [0, 1, 2].map((value) => predict(forward, state, column(value))),
    );
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('fails no other state that waits with one that fails', async () => {
    const predict = createBatcher(4);
    const [broken, sound]: [Tensors, Tensors] = [{}, {}];
    const forward = async (state: Tensors, x: Tensor) => {
      if (state === broken) throw new Error('cannot');
      return double(x);
    };
    const failing = [1, 2].map((value) => predict(forward, broken, column(value)));
    const answers = await Promise.allSettled([predict(forward, sound, column(3)), ...failing]);
    const after = await predict(forward, sound, column(4));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(answers[0]).toMatchObject({ value: { y: column(6) } });
    expect(after).toMatchObject({ y: column(8) });
  });

  it('serves a state that comes later before the rest of one that never stops asking', async () => {
    const order: string[] = [];
    const predict = createBatcher(1);
    const [busy, other]: [Tensors, Tensors] = [{}, {}];
    const answer = deferred<unknown>();
    const forward = async (state: Tensors, x: Tensor) => {
      order.push(state === busy ? 'busy' : 'other');
      if (order.length === 1) predict(forward, other, column(2)).then(answer.resolve, answer.reject);
      if (order.length < 20) void predict(forward, busy, column(1));
      return double(x);
    };
    void predict(forward, busy, column(1));
    void predict(forward, busy, column(1));
    expect(await answer.promise).toMatchObject({ y: column(4) });
    expect(order.indexOf('other')).toBe(2);
  });
});

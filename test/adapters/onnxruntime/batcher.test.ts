import { describe, expect, it } from 'vitest';
import { Batcher, type Forward } from '../../../src/adapters/onnxruntime/predicting/batcher.ts';
import { type Tensor, tensor } from '../../../src/tensor.ts';
import { deferred } from '../../support/deferred.ts';

const column = (...values: number[]) => tensor([values.length, 1], values);
const double = ({ shape, data }: Tensor) => ({ y: { shape, data: data.map((value) => 2 * value) }, ms: 1 });
/** Runs one batch at a time. Each batch takes one turn of the event loop. */
const oneByOne = (maxRows: number) => new Batcher({ maxRows, flushRows: 100, maxRowsInFlight: 1 });

describe('batching predictions', () => {
  it('joins concurrent predictions, up to the limit of rows', async () => {
    const batches: number[] = [];
    const forward: Forward = async (x) => {
      batches.push(x.data.length);
      return double(x);
    };
    const batcher = oneByOne(4);
    const inputs = [column(1), column(2, 3), column(4, 5), column(6)];
    const answers = await Promise.all(inputs.map((x) => batcher.run('s', forward, x)));
    expect(batches).toEqual([3, 3]);
    expect(answers.map(({ y }) => y)).toEqual([column(2), column(4, 6), column(8, 10), column(12)]);
    // `rows` has the size of a batch in only one of its answers, so that metrics count each batch once.
    expect(answers.map(({ rows }) => rows)).toEqual([[3], [], [3], []]);
  });

  it('gathers the next batch while the limit of rows is in flight', async () => {
    const gate = deferred();
    const batches: number[] = [];
    const started = deferred();
    const forward: Forward = async (x) => {
      batches.push(x.data.length);
      started.resolve();
      await gate.promise;
      return double(x);
    };
    const batcher = oneByOne(4);
    const first = batcher.run('s', forward, column(1));
    await started.promise;
    const later = [column(2), column(3), column(4)].map((x) => batcher.run('s', forward, x));
    gate.resolve();
    await Promise.all([first, ...later]);
    expect(batches).toEqual([1, 3]);
  });

  it('starts at once when enough rows are queued, until too many are in flight', async () => {
    const gate = deferred();
    const batches: number[] = [];
    const forward: Forward = async (x) => {
      batches.push(x.data.length);
      await gate.promise;
      return double(x);
    };
    const batcher = new Batcher({ maxRows: 8, flushRows: 2, maxRowsInFlight: 4 });
    const answers = [1, 2, 3, 4, 5, 6, 7].map((value) => batcher.run('s', forward, column(value)));
    expect(batches).toEqual([2, 2]);
    gate.resolve();
    expect((await Promise.all(answers)).map(({ y }) => y.data[0])).toEqual([2, 4, 6, 8, 10, 12, 14]);
    expect(batches).toEqual([2, 2, 3]);
  });

  it('serves states in turn', async () => {
    const order: string[] = [];
    const batcher = oneByOne(2);
    const ask = (state: string, x: Tensor) =>
      batcher.run(
        state,
        async (rows) => {
          order.push(state);
          return double(rows);
        },
        x,
      );
    const many = ask('busy', column(1, 2, 3, 4, 5, 6));
    const few = ask('other', column(7));
    expect(await many).toMatchObject({ y: column(2, 4, 6, 8, 10, 12), ms: 3, rows: [2, 2, 2] });
    expect(await few).toMatchObject({ y: column(14), ms: 1, rows: [1] });
    expect(order).toEqual(['busy', 'other', 'busy', 'busy']);
  });

  it('rejects all predictions of a failed batch, and no other', async () => {
    const forward: Forward = async (x) => {
      if (x.data.includes(0)) throw new Error('cannot');
      return double(x);
    };
    const batcher = oneByOne(2);
    const answers = await Promise.allSettled(
      [0, 1, 2].map((value) => batcher.run('s', forward, column(value))),
    );
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('rejects no prediction on another state when a batch fails', async () => {
    const batcher = oneByOne(4);
    const failing: Forward = async () => {
      throw new Error('cannot');
    };
    const sound: Forward = async (x) => double(x);
    const answers = await Promise.allSettled([
      batcher.run('sound', sound, column(3)),
      ...[1, 2].map((value) => batcher.run('broken', failing, column(value))),
    ]);
    const after = await batcher.run('sound', sound, column(4));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(answers[0]).toMatchObject({ value: { y: column(6) } });
    expect(after).toMatchObject({ y: column(8) });
  });

  it('serves a later state before the rest of a state that is always busy', async () => {
    const order: string[] = [];
    const batcher = oneByOne(1);
    const answer = deferred<unknown>();
    const other: Forward = async (x) => {
      order.push('other');
      return double(x);
    };
    const busy: Forward = async (x) => {
      order.push('busy');
      if (order.length === 1) batcher.run('other', other, column(2)).then(answer.resolve, answer.reject);
      if (order.length < 20) void batcher.run('busy', busy, column(1));
      return double(x);
    };
    void batcher.run('busy', busy, column(1));
    void batcher.run('busy', busy, column(1));
    expect(await answer.promise).toMatchObject({ y: column(4) });
    expect(order.indexOf('other')).toBe(1);
  });

  it('flush starts all queued predictions on one state, and no other predictions', async () => {
    const begun: string[] = [];
    const batcher = oneByOne(2);
    const forward =
      (state: string): Forward =>
      async (x) => {
        begun.push(state);
        return double(x);
      };
    const answers = [1, 2, 3].map((value) => batcher.run('goes', forward('goes'), column(value)));
    const stays = batcher.run('stays', forward('stays'), column(4));
    batcher.flush('goes');
    expect(begun).toEqual(['goes', 'goes']);
    expect((await Promise.all(answers)).map(({ y }) => y.data[0])).toEqual([2, 4, 6]);
    expect(await stays).toMatchObject({ y: column(8) });
  });

  it('rejectAll rejects queued predictions, but not later ones', async () => {
    const batcher = oneByOne(2);
    const forward: Forward = async (x) => double(x);
    const answers = [1, 2].map((value) => batcher.run('s', forward, column(value)));
    batcher.rejectAll(new Error('lost'));
    for (const answer of answers) await expect(answer).rejects.toThrow('lost');
    expect(await batcher.run('s', forward, column(3))).toMatchObject({ y: column(6) });
  });
});

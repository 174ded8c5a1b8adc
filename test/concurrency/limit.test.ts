import { describe, expect, it } from 'vitest';
import { mapWithLimit } from '../../src/concurrency/limit.ts';
import { deferred } from '../support/deferred.ts';

it('processes two items at a time and returns the results in order', async () => {
  const begun: number[] = [];
  const gates = [0, 1, 2].map(() => deferred<string>());
  const all = mapWithLimit(gates, (gate) => {
    begun.push(gates.indexOf(gate));
    return gate.promise;
  });
  expect(begun).toEqual([0, 1]);
  gates[1]?.resolve('b');
  await gates[1]?.promise;
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  gates[2]?.resolve('c');
  gates[0]?.resolve('a');
  expect(await all).toEqual(['a', 'b', 'c']);
});

it('starts no further item after one has failed', async () => {
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    await new Promise(setImmediate);
    if (item === 1) throw new Error('one');
  };
  await expect(mapWithLimit([0, 1, 2, 3, 4, 5], work)).rejects.toThrow('one');
  await new Promise(setImmediate);
  expect(begun).not.toContain(4);
});

it.each([
  [0, 1],
  [1, 0],
])('throws the error of the first item, even if item %i fails before item %i', async (early, late) => {
  const gates = [0, 1].map(() => deferred());
  const all = mapWithLimit([0, 1], async (item) => {
    await gates[item]?.promise;
    throw new Error(`item ${item}`);
  });
  all.catch(() => undefined);
  for (const item of [early, late]) {
    gates[item]?.resolve();
    await new Promise(setImmediate);
  }
  await expect(all).rejects.toThrow('item 0');
});

it('starts no further item after the caller stops, and ends when the started items have ended', async () => {
  const begun: number[] = [];
  const gate = deferred<void>();
  const caller = new AbortController();
  let ended = false;
  const all = mapWithLimit(
    [0, 1, 2, 3],
    (item) => {
      begun.push(item);
      return item === 0 ? Promise.resolve() : gate.promise;
    },
    caller.signal,
  ).finally(() => {
    ended = true;
  });
  all.catch(() => undefined);
  await new Promise(setImmediate);
  expect(begun).toEqual([0, 1, 2]);
  caller.abort(new Error('gone'));
  await new Promise(setImmediate);
  expect(ended).toBe(false);
  gate.resolve();
  await expect(all).rejects.toThrow('gone');
  expect(begun).toEqual([0, 1, 2]);
});

describe('items from an asynchronous source', () => {
  /** A source whose items the test supplies. */
  function source() {
    const asked: ReturnType<typeof deferred<string | null>>[] = [];
    let closed = false;
    async function* items() {
      try {
        for (;;) {
          const next = deferred<string | null>();
          asked.push(next);
          const item = await next.promise;
          if (item === null) return;
          yield item;
        }
      } finally {
        closed = true;
      }
    }
    return { items: items(), asked, isClosed: () => closed };
  }

  it('are requested only while fewer than the limit are in progress', async () => {
    const { items, asked } = source();
    const gates = new Map<string, ReturnType<typeof deferred<string>>>();
    const all = mapWithLimit(items, (item) => {
      const gate = deferred<string>();
      gates.set(item, gate);
      return gate.promise;
    });
    asked[0]?.resolve('a');
    await expect.poll(() => gates.has('a')).toBe(true);
    asked[1]?.resolve('b');
    await expect.poll(() => gates.has('b')).toBe(true);
    expect(asked).toHaveLength(2);
    gates.get('b')?.resolve('B');
    await expect.poll(() => asked.length).toBe(3);
    asked[2]?.resolve(null);
    gates.get('a')?.resolve('A');
    expect(await all).toEqual(['A', 'B']);
  });

  it('are no longer awaited after one has failed', async () => {
    const { items, asked, isClosed } = source();
    const all = mapWithLimit(items, (item) => Promise.reject(new Error(item)));
    all.catch(() => undefined);
    asked[0]?.resolve('first');
    await expect(all).rejects.toThrow('first');
    // The source can only end after the item that it waits for has arrived.
    asked[1]?.resolve('second');
    await expect.poll(isClosed).toBe(true);
  });

  it('may fail to arrive', async () => {
    const { items, asked } = source();
    const all = mapWithLimit(items, (item) => Promise.resolve(item));
    asked[0]?.reject(new Error('cut short'));
    await expect(all).rejects.toThrow('cut short');
  });
});

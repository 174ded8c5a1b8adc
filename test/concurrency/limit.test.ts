import { expect, it } from 'vitest';
import { mapWithLimit } from '../../src/concurrency/limit.ts';
import { deferred } from '../support/deferred.ts';

it('works on two items at a time and answers in their order', async () => {
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

it('begins nothing more once one has failed', async () => {
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
])('throws the failure of the first item, though item %i fails before item %i', async (early, late) => {
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

it('begins nothing more once nobody waits, and ends when what was begun has', async () => {
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

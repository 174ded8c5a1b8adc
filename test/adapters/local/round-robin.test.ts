import { expect, it } from 'vitest';
import { RoundRobin } from '../../../src/adapters/local/round-robin.ts';

function takeAll<T>(waiting: RoundRobin<T>): readonly T[] {
  const taken: T[] = [];
  for (let item = waiting.take(); item !== undefined; item = waiting.take()) taken.push(item);
  return taken;
}

function waitingOf(...items: readonly string[]): RoundRobin<string> {
  const waiting = new RoundRobin<string>();
  for (const item of items) waiting.add(item.slice(0, 1), item, item);
  return waiting;
}

it('takes from each group in turn, first in first out', () => {
  const waiting = waitingOf('a1', 'a2', 'a3', 'b1', 'c1', 'c2');
  expect(takeAll(waiting)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  expect(waiting.size).toBe(0);
});

it('makes a new group wait for one item of each other group, and no more', () => {
  const waiting = waitingOf('a1', 'a2', 'a3', 'b1', 'b2');
  expect(waiting.take()).toBe('a1');
  waiting.add('c', 'c1', 'c1');
  expect(takeAll(waiting)).toEqual(['b1', 'a2', 'c1', 'b2', 'a3']);
});

it('keeps the place of an item that is added again, and removes a deleted item', () => {
  const waiting = waitingOf('a1', 'a2', 'b1', 'a1');
  waiting.delete('b', 'b1');
  waiting.delete('b', 'b1');
  waiting.delete('a', 'none');
  expect(waiting.size).toBe(2);
  expect(takeAll(waiting)).toEqual(['a1', 'a2']);
});

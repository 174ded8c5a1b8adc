import { expect, it } from 'vitest';
import { connectionLimit, roomFor } from '../../src/main/server/connection-limit.ts';

it.each([
  [{ limit: 256, open: 60 }, 100],
  [{ limit: 1024, open: 60 }, 723],
  [{ limit: 20_000, open: 60 }, 14_955],
  [{ limit: 100, open: 60 }, 20],
  [{ limit: 60, open: 60 }, 1],
  [{ limit: Number.POSITIVE_INFINITY, open: 60 }, Number.POSITIVE_INFINITY],
])('with %o file descriptors, the limit is %i connections', (files, room) => {
  expect(roomFor(files)).toBe(room);
});

it('is the setting, but at most the number that the descriptors allow', () => {
  expect(connectionLimit(5)).toBe(5);
  expect(connectionLimit(1e9)).toBe(connectionLimit(0));
});

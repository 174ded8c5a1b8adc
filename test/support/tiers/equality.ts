import { expect } from 'vitest';

const bytesOf = (given: unknown) =>
  ArrayBuffer.isView(given) ? Buffer.from(given.buffer, given.byteOffset, given.byteLength) : undefined;

/** Equal bytes are equal numbers: comparing pictures number by number takes seconds. Vitest compares what differs. */
expect.addEqualityTesters([
  (a: unknown, b: unknown) => {
    const [left, right] = [bytesOf(a), bytesOf(b)];
    const same = left && right && (a as object).constructor === (b as object).constructor;
    return same && left.equals(right) ? true : undefined;
  },
]);

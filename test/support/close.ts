import { expect } from 'vitest';

/** A tensor of any precision, for `expectClose`. */
interface Numbers {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * Expects |actual − expected| ≤ tolerance · max(1, largest |expected|) element by element, and equal shapes.
 * The message says where the two differ most, and by how much.
 */
export function expectClose(
  actual: Numbers | undefined,
  expected: Numbers | undefined,
  tolerance: number,
  what = 'tensor',
): void {
  if (!actual || !expected) expect.fail(`Expected two tensors for ${what}, got ${actual} and ${expected}`);
  // Only what differs is given to `expect`: it takes longer than comparing the numbers of a small tensor.
  if (`${actual.shape}` !== `${expected.shape}`)
    expect([...actual.shape], `shape of ${what}`).toEqual([...expected.shape]);
  if (actual.data.length !== expected.data.length)
    expect(actual.data.length, `length of ${what}`).toBe(expected.data.length);
  let scale = 1;
  for (let at = 0; at < expected.data.length; at++)
    scale = Math.max(scale, Math.abs(expected.data[at] as number));
  let worst = { at: -1, error: tolerance * scale };
  for (let at = 0; at < expected.data.length; at++) {
    const [a, e] = [actual.data[at] ?? Number.NaN, expected.data[at] ?? Number.NaN];
    const error = Object.is(a, e) ? 0 : Math.abs(a - e);
    // Do not write `error > worst.error`: with NaN it would be false, and NaN would count as close.
    if (!(error <= worst.error))
      worst = { at, error: Number.isNaN(error) ? Number.POSITIVE_INFINITY : error };
  }
  if (worst.at < 0) return;
  const index = indexOf(worst.at, expected.shape);
  expect.fail(
    `Expected ${what}[${index}] to be ${expected.data[worst.at]}, got ${actual.data[worst.at]}: ` +
      `they differ by ${worst.error}, more than ${tolerance} of ${scale}`,
  );
}

function indexOf(offset: number, shape: readonly number[]): readonly number[] {
  let rest = offset;
  return [...shape]
    .reverse()
    .map((size) => {
      const i = rest % size;
      rest = Math.floor(rest / size);
      return i;
    })
    .reverse();
}

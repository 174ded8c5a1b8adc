import { InnerloopError } from '../../errors.ts';

/**
 * Counts the pixels of one picture, once the pictures before it are counted.
 * @throws InnerloopError `invalid_image` when they are too many together
 */
export type TakePixels = (pixels: number) => Promise<void>;

/** Decodes one input of the request within its budget. */
export type WithinBudget = <T>(decode: (takePixels: TakePixels) => Promise<T>) => Promise<T>;

/**
 * What the pictures of one request may have together: a file of a few bytes can take as long to decode as a large one.
 * Inputs may be decoded side by side, but are counted in the order in which they begin: the same request is always
 * refused for the same picture.
 */
export function createPixelBudget(most: number): WithinBudget {
  let taken = 0;
  let allCounted: Promise<void> = Promise.resolve();
  return async (decode) => {
    const earlierCounted = allCounted;
    let counted = (_after: Promise<void>) => {};
    allCounted = new Promise((resolve) => {
      counted = resolve;
    });
    try {
      return await decode(async (pixels) => {
        await earlierCounted;
        taken += pixels;
        const got = taken;
        counted(Promise.resolve());
        if (got > most) throw tooMany(most, got);
      });
    } finally {
      // An input that is no picture, or that fails before it is counted, takes nothing.
      counted(earlierCounted);
    }
  };
}

function tooMany(most: number, got: number): InnerloopError {
  const expected = `pictures of at most ${most} pixels together in one request`;
  return new InnerloopError('invalid_image', `Expected ${expected}, got ${got} with this one`, {
    expected,
    got: `${got}`,
  });
}

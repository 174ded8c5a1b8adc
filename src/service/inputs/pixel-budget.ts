import { InnerloopError } from '../../errors.ts';

/**
 * Counts the pixels of one picture, after the pictures before it have been counted.
 * @throws InnerloopError `invalid_image` if the pictures so far have too many pixels together
 */
export type TakePixels = (pixels: number) => Promise<void>;

/** Decodes one input of the request, and counts its pixels in the request's budget. */
export type WithinBudget = <T>(decode: (takePixels: TakePixels) => Promise<T>) => Promise<T>;

/**
 * Limits the pixels of all pictures of one request, because a file of a few bytes can take as long to decode as a large
 * one. Inputs may be decoded at the same time, but they are counted in the order in which their decoding begins. So the
 * same request is always refused because of the same picture.
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
      // An input that is not a picture, or that fails before it is counted, uses no budget.
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

import { InnerloopError } from '../../errors.ts';

/** Takes the pixels of one more picture. @throws InnerloopError `invalid_image` when they are too many by now */
export type TakePixels = (pixels: number) => void;

/** What the pictures of one request may have together: a file of a few bytes can take as long to decode as a large one. */
export function createPixelBudget(most: number): TakePixels {
  let taken = 0;
  return (pixels) => {
    taken += pixels;
    if (taken <= most) return;
    const expected = `pictures of at most ${most} pixels together in one request`;
    throw new InnerloopError('invalid_image', `Expected ${expected}, got ${taken} up to the one`, {
      expected,
      got: `${taken}`,
    });
  };
}

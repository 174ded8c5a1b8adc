import { expect, it } from 'vitest';
import { createPixelBudget } from '../../../src/service/inputs/pixel-budget.ts';
import { deferred } from '../../support/deferred.ts';

const tooMany = (got: string) =>
  expect.objectContaining({ code: 'invalid_image', details: expect.objectContaining({ got }) });

it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 2, 0]]])(
  'refuses the third of three pictures, whose headers are read in the order %j',
  async (order) => {
    const withinBudget = createPixelBudget(200);
    const headers = [0, 1, 2].map(() => deferred());
    const decoded = headers.map(({ promise }, i) =>
      withinBudget(async (takePixels) => {
        await promise;
        await takePixels(100);
        return i;
      }),
    );
    const ends = Promise.allSettled(decoded);
    for (const i of order) {
      headers[i]?.resolve();
      await new Promise(setImmediate);
    }
    expect(await ends).toEqual([
      { status: 'fulfilled', value: 0 },
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: tooMany('300') },
    ]);
  },
);

it('does not wait for an input without pixels, nor for one that cannot be decoded', async () => {
  const withinBudget = createPixelBudget(100);
  await withinBudget(async () => 'numbers');
  await expect(withinBudget(() => Promise.reject(new Error('damaged')))).rejects.toThrow('damaged');
  await withinBudget((takePixels) => takePixels(100));
  await expect(withinBudget((takePixels) => takePixels(1))).rejects.toEqual(tooMany('101'));
});

it('counts a picture after those before it, even if one of them had no pixels', async () => {
  const withinBudget = createPixelBudget(150);
  const first = deferred();
  const decoded = [
    withinBudget(async (takePixels) => {
      await first.promise;
      await takePixels(100);
    }),
    withinBudget(async () => undefined),
    withinBudget((takePixels) => takePixels(100)),
  ];
  const ends = Promise.allSettled(decoded);
  await new Promise(setImmediate);
  first.resolve();
  expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
});

import { type Static, Type } from 'typebox';
import { InnerloopError } from '../../errors.ts';
import { createRandom } from '../random.ts';

const Count = Type.Integer({ minimum: 1 });

/** Number of held-out classes, and the seed that chooses them. All other classes are for training. */
export const ClassSplit = Type.Object(
  { seed: Type.Integer(), val: Count, test: Count },
  { additionalProperties: false },
);
export type ClassSplit = Static<typeof ClassSplit>;

export const SPLITS = ['train', 'val', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

/**
 * The classes of each split. The order of classes depends only on their names and the seed. If a class is added or
 * removed, at most one other class changes from one split to the next at each border.
 *
 * @throws InnerloopError `invalid_recipe` when no class is left for training.
 */
export function splitClasses<Class extends { readonly name: string }>(
  classes: readonly Class[],
  { seed, val, test }: ClassSplit,
): Readonly<Record<SplitName, readonly Class[]>> {
  if (val + test >= classes.length) {
    const expected = `more than ${val + test} classes, ${val} to validate and ${test} to test`;
    throw new InnerloopError('invalid_recipe', `Expected ${expected}, got ${classes.length}`, {
      pointer: '/dataset/split',
      expected,
      got: `${classes.length}`,
    });
  }
  const random = createRandom(seed);
  const drawn = classes
    .map((each) => ({ each, at: random.fork(each.name).uniform() }))
    .sort((a, b) => a.at - b.at || (a.each.name < b.each.name ? -1 : 1))
    .map(({ each }) => each);
  return { test: drawn.slice(0, test), val: drawn.slice(test, test + val), train: drawn.slice(test + val) };
}

/** @throws InnerloopError `invalid_recipe` */
export function splitName(name: string): SplitName {
  const found = SPLITS.find((each) => each === name);
  if (found) return found;
  throw new InnerloopError('invalid_recipe', `Expected split ${SPLITS.join(', ')}, got ${name}`);
}

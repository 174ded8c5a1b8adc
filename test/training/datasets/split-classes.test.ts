import { describe, expect, it } from 'vitest';
import { splitClasses } from '../../../src/training/datasets/split-classes.ts';
import { signs } from '../../support/files/draw-classes.ts';

describe('held-out classes', () => {
  const classes = Object.keys(signs(50, 1)).map((name) => ({ name }));
  const of = (seed: number, among = classes) => splitClasses(among, { seed, val: 8, test: 10 });

  it('have the requested number, with each class in one split, and differ by seed', () => {
    const { train, val, test } = of(1);
    expect([train.length, val.length, test.length]).toEqual([32, 8, 10]);
    expect(new Set([...train, ...val, ...test].map(({ name }) => name)).size).toBe(50);
    expect(of(1)).toEqual(of(1));
    expect(of(2).test).not.toEqual(of(1).test);
  });

  it('stay held out if a class is added: at most one class moves between neighbouring splits', () => {
    const before = of(1);
    const after = of(1, [...classes, { name: 'new' }]);
    const kept = (split: 'val' | 'test') =>
      after[split].filter((each) => before[split].some(({ name }) => name === each.name)).length;
    expect(kept('test')).toBeGreaterThanOrEqual(9);
    expect(kept('val')).toBeGreaterThanOrEqual(6);
  });

  it('leave some classes to train on; otherwise the split is refused', () => {
    expect(() => of(1, classes.slice(0, 18))).toThrow(
      'more than 18 classes, 8 to validate and 10 to test, got 18',
    );
  });
});

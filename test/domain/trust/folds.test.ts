import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folds, subsample } from '../../../src/domain/trust/folds.ts';
import { shuffled } from '../../../src/domain/trust/shuffle.ts';
import { planOf } from '../../../src/domain/trust/split-plan.ts';
import { givenSupport, supportOf, targetsOf } from '../../support/examples.ts';

const setOf = (...labels: readonly string[]) => supportOf(labels).support;
const times = (label: string, n: number) => Array.from({ length: n }, () => label);
/** Examples whose input is the number beside the label. */
const withInputs = (...rows: readonly (readonly [label: string, x: number])[]) =>
  givenSupport(rows.map(([label, x]) => ({ label, x: [x] }))).support;
const sorted = (rows: Iterable<number>) => [...rows].toSorted((a, b) => a - b);

describe('folds', () => {
  it('leave out one of each label at a time', () => {
    const support = setOf(...times('a', 3), ...times('b', 3));
    const splits = folds(support, 5);
    expect(splits).toHaveLength(3);
    for (const { test, train } of splits) {
      expect(test.map((row) => row < 3).toSorted()).toEqual([false, true]);
      expect(sorted([...train, ...test])).toEqual([0, 1, 2, 3, 4, 5]);
    }
    expect(sorted(splits.flatMap(({ test }) => test))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('never leave out a label with one example', () => {
    const splits = folds(setOf('a', 'a', 'b'), 5);
    expect(sorted(splits.flatMap(({ test }) => test))).toEqual([0, 1]);
    for (const { train } of splits) expect(train).toContain(2);
  });

  it('are none with one example of each label', () => {
    expect(folds(setOf('a', 'b', 'c'), 5)).toEqual([]);
  });

  it('leave copies of a content out together', () => {
    const splits = folds(withInputs(['a', 1], ['a', 1], ['a', 2], ['b', 3], ['b', 4]), 5);
    expect(splits).toHaveLength(2);
    for (const { test } of splits) expect(test.includes(0)).toBe(test.includes(1));
    expect(folds(withInputs(['a', 1], ['a', 1], ['b', 2], ['b', 2]), 5)).toEqual([]);
  });

  it('are the same for the same support set, and others for another one', () => {
    const labels = [...times('a', 12), ...times('b', 12)];
    expect(folds(setOf(...labels), 5)).toEqual(folds(setOf(...labels), 5));
    expect(folds(supportOf(labels, 1).support, 5)).not.toEqual(folds(setOf(...labels), 5));
  });

  it('test each example at most once, train on each label, and mix nothing, for any labels and contents', () => {
    const row = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 12 }));
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 2, maxLength: 40 }),
        fc.integer({ min: 2, max: 6 }),
        (rows, most) => {
          const support = withInputs(...rows);
          const splits = folds(support, most);
          const tested = splits.flatMap(({ test }) => test);
          expect(splits.length).toBeLessThanOrEqual(most);
          expect(new Set(tested).size).toBe(tested.length);
          for (const { train, test } of splits) {
            expect(sorted([...train, ...test])).toEqual(rows.map((_, i) => i));
            expect(new Set(train.map((each) => rows[each]?.[0]))).toEqual(
              new Set(rows.map(([label]) => label)),
            );
          }
        },
      ),
    );
  });

  it('of targets leave out each example', () => {
    const { support } = targetsOf([1, 2, 3, 4].map((x) => ({ x: [x], target: [x] })));
    const splits = folds(support, 10);
    expect(sorted(splits.flatMap(({ test }) => test))).toEqual([0, 1, 2, 3]);
    expect(splits).toHaveLength(4);
  });
});

describe('subsamples', () => {
  it('train on so many of each label, or one less than it has', () => {
    const { train, test } = subsample(setOf(...times('a', 6), 'b', 'b', 'c'), 3, 'seed');
    const labelOf = (row: number) => 'aaaaaabbc'[row];
    expect(train.map(labelOf).join('')).toBe('aaabc');
    expect(test.map(labelOf).join('')).toBe('aaab');
  });
});

describe('the plan', () => {
  it('has five folds and smaller sets for ten shots', () => {
    const { folds, smaller, trainShots } = planOf(setOf(...times('a', 10), ...times('b', 10)), 0);
    expect(folds).toHaveLength(5);
    expect(trainShots).toBe(8);
    expect(smaller.map(({ shots }) => shots)).toEqual([2, 2, 5, 5]);
  });

  it('has few folds where each run is long: many examples of many labels', () => {
    const many = setOf(...Array.from({ length: 100 }, (_, i) => times(`label ${i}`, 8)).flat());
    const { folds, smaller } = planOf(many, 0);
    expect([folds.length, smaller.length]).toEqual([2, 0]);
  });

  it('has two folds and nothing more for long runs', () => {
    const { folds, smaller } = planOf(setOf(...times('a', 10), ...times('b', 10)), 100_000);
    expect(folds).toHaveLength(2);
    expect(smaller).toEqual([]);
  });
});

describe('shuffled', () => {
  it('is a permutation that depends on the seed', () => {
    expect(sorted(shuffled(50, 'a'))).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(shuffled(50, 'a')).toEqual(shuffled(50, 'a'));
    expect(shuffled(50, 'a')).not.toEqual(shuffled(50, 'b'));
  });

  it('puts each number in each place about as often', () => {
    const first = Array.from({ length: 3000 }, (_, i) => shuffled(3, `seed ${i}`)[0]);
    for (const each of [0, 1, 2]) expect(first.filter((value) => value === each).length).toBeGreaterThan(900);
  });
});

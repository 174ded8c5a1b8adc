import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classOrder } from '../../src/domain/class-order.ts';
import type { Example } from '../../src/domain/example.ts';
import { appendSupport, storedSupport, supportSet } from '../../src/domain/support-set.ts';
import { supportOf, targetsOf } from '../support/examples.ts';
import { anyText } from '../support/texts.ts';

describe('class order', () => {
  it('follows code points, not UTF-16 units, object keys or examples', () => {
    const ordered = ['', '10', '9', 'Z', 'a', 'aa', 'ä', '\ue000', '\uffff', '\u{10000}'];
    expect(classOrder(ordered.toReversed())).toEqual(ordered);
  });

  it('does not depend on the order of the labels, and names each once', () => {
    const texts = fc.array(anyText(), { minLength: 1 });
    fc.assert(
      fc.property(texts, (labels) => {
        const order = classOrder(labels);
        expect(classOrder([...labels, ...labels].reverse())).toEqual(order);
        // Not `toEqual` of two sets, whose time is quadratic.
        expect(order.toSorted()).toEqual([...new Set(labels)].sort());
      }),
    );
  });
});

describe('support set', () => {
  it('names its classes in code-point order', () => {
    const { outcome } = supportOf(['b', 'a', 'b']).support;
    expect(outcome).toEqual({ kind: 'labels', labels: ['b', 'a', 'b'], classes: ['a', 'b'] });
  });

  it('has a digest of its contents, outcomes and weights, and of nothing else', () => {
    const { support } = supportOf(['a', 'b']);
    const changed = (change: Partial<Example>) =>
      supportSet({ examples: support.examples.map((each) => ({ ...each, ...change })) });
    const point = (x: number, target: number) => ({ x: [x], target: [target] });
    const others = [
      supportOf(['b', 'a']).support,
      supportOf(['a', 'b'], 1).support,
      supportOf(['a', 'b', 'b']).support,
      supportOf(['a","b', '']).support,
      targetsOf([point(0, 0), point(1, 1)]).support,
      targetsOf([point(0, 0), point(1, 2)]).support,
      targetsOf([point(-0, 0), point(1, 1)]).support,
      changed({ weight: 0.5 }),
    ].map(({ digest }) => digest);
    const same = changed({ id: 'ex_other', createdAt: 'later', source: 'feedback' });
    expect(same.digest).toBe(support.digest);
    expect(support.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(new Set([support.digest, ...others]).size).toBe(others.length + 1);
  });

  it('has one label or target of its shape for each example', () => {
    const { examples } = supportOf(['a']).support;
    expect(() => supportSet({ examples, targetShape: [1] })).toThrow('Expected a target of shape [1]');
    const targets = targetsOf([{ x: [1], target: [1] }]).support.examples;
    expect(() => supportSet({ examples: targets })).toThrow('Expected a label');
  });

  it('is the same after a store has kept it', () => {
    const points = targetsOf([{ x: [1], target: [0.1, -0] }]).support;
    for (const support of [supportOf(['b', 'a']).support, points]) {
      expect(supportSet(JSON.parse(JSON.stringify(storedSupport(support))))).toEqual(support);
    }
  });
});

describe('appending', () => {
  it('gives the support set of all examples in order', () => {
    const [first, second] = [supportOf(['b', 'c']).support, supportOf(['a'], 2).support];
    const both = appendSupport(first, second);
    expect(both?.digest).toBe(supportOf(['b', 'c', 'a']).support.digest);
    expect(both?.examples).toEqual([...first.examples, ...second.examples]);
  });

  it('joins targets', () => {
    const row = (x: number) => ({ x: [x], target: [x, -x] });
    const [one, two, both] = [targetsOf([row(1)]), targetsOf([row(2)]), targetsOf([row(1), row(2)])];
    expect(appendSupport(one.support, two.support)?.outcome).toEqual(both.support.outcome);
  });

  it('returns null if the outcomes differ in kind or shape', () => {
    const targets = targetsOf([{ x: [0], target: [0] }]).support;
    const wide = targetsOf([{ x: [0], target: [0, 0] }]).support;
    expect(appendSupport(supportOf(['a']).support, targets)).toBeNull();
    expect(appendSupport(targets, supportOf(['a']).support)).toBeNull();
    expect(appendSupport(targets, wide)).toBeNull();
  });
});

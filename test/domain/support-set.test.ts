import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classOrder } from '../../src/domain/class-order.ts';
import { appendSupport, labelledSupport, targetSupport } from '../../src/domain/support-set.ts';
import { tensor } from '../../src/tensor.ts';
import { supportOf } from '../support/examples.ts';

describe('class order', () => {
  it('follows code points, not UTF-16 units, object keys or examples', () => {
    const ordered = ['', '10', '9', 'Z', 'a', 'aa', 'ä', '\ue000', '\uffff', '\u{10000}'];
    expect(classOrder(ordered.toReversed())).toEqual(ordered);
  });

  it('does not depend on the order of the labels, and names each once', () => {
    const texts = fc.array(fc.string({ unit: 'binary' }), { minLength: 1 });
    fc.assert(
      fc.property(texts, (labels) => {
        const order = classOrder(labels);
        expect(classOrder([...labels, ...labels].reverse())).toEqual(order);
        expect(new Set(order)).toEqual(new Set(labels));
        expect(order).toHaveLength(new Set(labels).size);
      }),
    );
  });
});

describe('support set', () => {
  it('names its classes in code-point order', () => {
    const { outcome } = supportOf(['b', 'a', 'b']);
    expect(outcome).toEqual({ kind: 'labels', labels: ['b', 'a', 'b'], classes: ['a', 'b'] });
  });

  it('has a digest of all its content and nothing else', () => {
    const base = supportOf(['a', 'b']).digest;
    const others = [
      supportOf(['b', 'a']),
      supportOf(['a', 'b'], 1),
      supportOf(['a', 'b', 'b']),
      labelledSupport(tensor([2, 1, 1], [0, 1]), ['a', 'b']),
      targetSupport(tensor([2, 1], [0, 1]), tensor([2, 1], [0, 1])),
      targetSupport(tensor([2, 1], [0, 1]), tensor([2, 1], [0, 2])),
      labelledSupport(tensor([2, 1], [-0, 1]), ['a', 'b']),
      labelledSupport(tensor([2, 1], [0, 1]), ['a","b', '']),
    ].map(({ digest }) => digest);
    expect(supportOf(['a', 'b']).digest).toBe(base);
    expect(base).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(new Set([base, ...others]).size).toBe(others.length + 1);
  });

  it('has one label or target for each row', () => {
    expect(() => labelledSupport(tensor([2, 1], [0, 1]), ['a'])).toThrow('Expected 2 outcomes, got 1');
  });
});

describe('appending', () => {
  it('gives the support set of all examples in order', () => {
    const [first, second] = [supportOf(['b', 'c']), supportOf(['a'], 2)];
    expect(appendSupport(first, second)).toEqual(supportOf(['b', 'c', 'a']));
    expect(first).toEqual(supportOf(['b', 'c']));
  });

  it('joins targets', () => {
    const row = (x: number) => targetSupport(tensor([1, 1], [x]), tensor([1, 2], [x, -x]));
    const both = targetSupport(tensor([2, 1], [1, 2]), tensor([2, 2], [1, -1, 2, -2]));
    expect(appendSupport(row(1), row(2))).toEqual(both);
  });

  it('returns null if the row sizes or kinds differ', () => {
    const wide = labelledSupport(tensor([1, 2], [0, 1]), ['a']);
    const targets = targetSupport(tensor([1, 1], [0]), tensor([1, 1], [0]));
    const wideTargets = targetSupport(tensor([1, 1], [0]), tensor([1, 2], [0, 0]));
    expect(appendSupport(supportOf(['a']), wide)).toBeNull();
    expect(appendSupport(supportOf(['a']), targets)).toBeNull();
    expect(appendSupport(targets, wideTargets)).toBeNull();
  });
});

import type { SupportSet } from '../../domain/support-set.ts';
import { InnerloopError } from '../../errors.ts';
import type { Manifest } from '../../package/manifest.ts';

/**
 * Checks the number of examples and classes of the whole support set, after appending.
 * @throws InnerloopError `invalid_support_set`, `unlearnable_support_set`
 */
export function checkSupport({ examples, outcome }: SupportSet, { inner }: Manifest): void {
  const n = examples.length;
  const { minimum, maximum } = inner.examples;
  if (n < minimum || n > maximum)
    throw invalidSupport('/support', `from ${minimum} to ${maximum} examples`, `${n}`);
  if (outcome.kind !== 'labels') return;
  const ways = outcome.classes.length;
  if (ways === 1) {
    throw new InnerloopError('unlearnable_support_set', 'Expected examples of at least 2 labels, got 1', {
      pointer: '/support',
      expected: 'examples of at least 2 labels',
      got: '1 label',
    });
  }
  const bounds = inner.classes;
  if (bounds && (ways < bounds.minimum || ways > bounds.maximum)) {
    throw invalidSupport('/support', `from ${bounds.minimum} to ${bounds.maximum} labels`, `${ways}`);
  }
}

export function invalidSupport(pointer: string, expected: string, got: string): InnerloopError {
  return new InnerloopError('invalid_support_set', `Expected ${expected}, got ${got}`, {
    pointer,
    expected,
    got,
  });
}

import { expect, test } from 'vitest';
import type { DatasetRecipe } from '../../../src/training/datasets/catalogue.ts';
import { protocolOf } from '../../../src/training/datasets/catalogue.ts';

const named = (name: string) => ({ name }) as DatasetRecipe;

test.each(['images', 'contents'])('only the test split of %s is said to be outside of training', (name) => {
  expect(protocolOf(named(name), 'test')).toMatch(/^classes (held out from|that were not in) training/);
  expect(protocolOf(named(name), 'train')).toBe('classes of the training; non-transductive');
  expect(protocolOf(named(name), 'val')).toContain('which chose the weights');
});

test('other data, and data sets that claim nothing of the training, keep their protocol', () => {
  expect(protocolOf(null, 'all')).toBe('classes that were not in training; non-transductive');
  expect(protocolOf(named('omniglot'), 'train')).toContain('characters of the split of Vinyals');
});

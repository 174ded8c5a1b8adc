import { describe, expect, it } from 'vitest';
import { integer, integers, threadsOf, withDataset } from '../../src/cli/arguments.ts';
import { formatTable } from '../../src/cli/display/table.ts';

describe('arguments', () => {
  it('reads one number or several', () => {
    expect(integers('ways', '5,20', 2)).toEqual([5, 20]);
    expect(integer('seed', '0', 0)).toBe(0);
  });

  it.each(['', '5,', 'five', '1.5', '1e400', '1', '-3'])(
    'refuses --ways "%s" and shows the value',
    (text) => {
      expect(() => integers('ways', text, 2)).toThrow(
        `Expected --ways to be whole numbers from 2, such as 1,5; got "${text}"`,
      );
    },
  );

  it('refuses a list if the option takes one number', () => {
    expect(() => integer('seed', '1,2', 0)).toThrow(
      'Expected --seed to be one whole number from 0, got "1,2"',
    );
  });

  it.each(['0', '257', '1e9', '', ' '])('refuses --threads "%s"', (text) => {
    expect(() => threadsOf(text, 2)).toThrow(
      `Expected --threads to be one whole number from 1 to 256, got "${text}"`,
    );
  });
});

describe('dataset option', () => {
  it('sets the folder of a data set with files, and is refused by a data set without files', () => {
    expect(withDataset({ name: 'omniglot', path: 'a' }, 'b')).toEqual({ name: 'omniglot', path: 'b' });
    expect(withDataset({ name: 'omniglot', path: 'a' }, undefined)).toEqual({ name: 'omniglot', path: 'a' });
    expect(() => withDataset({ name: 'sinusoid' }, 'b')).toThrow('sinusoid reads no files');
  });
});

describe('table', () => {
  it('pads columns to their widest cell and leaves no space at line ends', () => {
    expect(
      formatTable(
        ['ways', 'result'],
        [
          ['5', '97.31 %'],
          ['200', ''],
        ],
      ),
    ).toBe('ways  result\n5     97.31 %\n200');
  });
});

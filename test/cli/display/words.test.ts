import { describe, expect, it } from 'vitest';
import { hasColours } from '../../../src/cli/display/output.ts';
import { wordsOfPredictions } from '../../../src/cli/server/predictions.ts';
import { type AdaptationRecord, wordsOf } from '../../../src/cli/server/record.ts';
import { nounOf } from '../../../src/cli/server/sources.ts';
import { slugOf } from '../../../src/cli/slug.ts';

describe('colours', () => {
  it.each<[boolean, Record<string, string>, boolean]>([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('on a terminal (%s) with %j: %s', (isTTY, environment, expected) => {
    expect(hasColours({ isTTY }, environment)).toBe(expected);
  });
});

const record: AdaptationRecord = {
  id: 'adp_1',
  task: 'fruit',
  model: 'photos@1.0.0',
  status: 'succeeded',
  support: { examples: 15, labels: { avocado: 5, ginger: 5, lemon: 5 } },
  progress: { step: 0, steps: 0 },
  timings: { runMs: 40 },
  warnings: [],
  error: null,
};
const first = (change: Partial<AdaptationRecord>, noun = 'photo') =>
  wordsOf({ ...record, ...change }, noun)
    .split('\n')
    .slice(0, -1);

describe('what was learned', () => {
  it.each<[Partial<AdaptationRecord>, string, readonly string[]]>([
    [{}, 'photo', ['Learned 3 labels from 15 photos in 40 ms']],
    [{ support: { examples: 1, labels: { a: 1 } } }, 'text', ['Learned 1 label from 1 text']],
    [{ support: { examples: 12 }, timings: { runMs: 2100 } }, 'row', ['Learned from 12 rows in 2 s']],
    [{ report: null }, 'photo', ['Learned 3 labels']],
    [
      { report: { accuracy: { estimate: 0.93, interval: [0.7, 0.99] } } },
      'photo',
      ['Learned 3 labels', 'Estimated accuracy on new ones: 93 % (95 % interval: 70 % to 99 %)'],
    ],
    [
      { report: { accuracy: { estimate: 0.5 } } },
      'photo',
      ['Learned', 'Estimated accuracy on new ones: 50 %'],
    ],
    [{ report: { accuracy: null } }, 'photo', ['Learned 3 labels']],
    [
      {
        support: { examples: 9 },
        report: { accuracy: null, error: { estimate: 1234.5, interval: [0.98765, 1701] } },
      },
      'row',
      [
        'Learned from 9 rows',
        'Estimated error (root mean square) on new ones: 1230 (95 % interval: 0.988 to 1700)',
      ],
    ],
    [
      { report: { accuracy: null, error: { estimate: 0.5 } } },
      'row',
      ['Learned', 'Estimated error (root mean square) on new ones: 0.5'],
    ],
    [{ report: { accuracy: null, error: null } }, 'row', ['Learned 3 labels']],
  ])('of %j as %s: %j', (change, noun, expected) => {
    const lines = first(change, noun);
    expect(lines).toHaveLength(expected.length);
    for (const [i, start] of expected.entries()) expect(lines[i]?.startsWith(start)).toBe(true);
  });

  it.each([
    [['a/1.PNG', 'b/2.jpeg'], 'photo'],
    [['a/1.wav', 'b/2.mp3'], 'sound'],
    [['a/1.txt'], 'text'],
    [['a/1.txt', 'b/2.png'], 'example'],
  ])('calls %j a %s', (names, noun) => {
    expect(nounOf(names.map((name) => ({ name })))).toBe(noun);
  });
});

describe('predictions in words', () => {
  it('are a line each: label and probability, none of these, or a value', () => {
    const warnings: [] = [];
    const table = wordsOfPredictions([
      { input: 'a.png', label: 'knot', probabilities: { knot: 0.976, tide: 0.024 }, warnings },
      { input: 'long name.png', label: null, probabilities: { knot: 0.5, tide: 0.5 }, warnings },
      { input: 'b.png', label: null, best: 'tide', probabilities: { knot: 0.4, tide: 0.6 }, warnings },
    ]);
    expect(table.split('\n')).toEqual([
      'input          label                          probability',
      'a.png          knot                           97.6 %',
      'long name.png  none of these                  -',
      'b.png          none of these (nearest: tide)  -',
    ]);
    const values = wordsOfPredictions([
      { input: 'row 1', value: 0.5, warnings },
      { input: 'row 2', value: [1, 2], warnings },
    ]);
    expect(values).toBe('input  value\nrow 1  0.5\nrow 2  [1,2]');
  });
});

describe('names', () => {
  it.each([
    ['My Photos/', 'my-photos'],
    ['a/intents.csv', 'intents-csv'],
    ['Élan & Co', 'elan-co'],
  ])('of %s: %s', (path, name) => {
    expect(slugOf(path, '--task')).toBe(name);
  });

  it('must be given where none can be made', () => {
    expect(() => slugOf('日本', '--task')).toThrow('Expected --task, since no name can be made of 日本');
  });
});

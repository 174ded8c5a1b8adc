import { describe, expect, it } from 'vitest';
import { finish } from '../../../../src/concurrency/slices.ts';
import { duplicatesOf } from '../../../../src/domain/trust/report/duplicates.ts';
import { labelIssues, labelPairs } from '../../../../src/domain/trust/report/label-issues.ts';
import { neighboursOf } from '../../../../src/domain/trust/report/neighbours.ts';
import { tensor } from '../../../../src/tensor.ts';
import { givenSupport, supportOf } from '../../../support/examples.ts';

const judge = (rows: readonly (readonly [given: number, ...probabilities: number[]])[]) =>
  rows.map(([given, ...probabilities], row) => ({
    row,
    given,
    predicted: probabilities.indexOf(Math.max(...probabilities)),
    probabilities,
  }));

describe('label issues', () => {
  const { support } = supportOf(['a', 'a', 'a', 'b', 'b', 'b']);

  it('are examples that others confidently count under another label', () => {
    // Thresholds: a (0.9 + 0.8 + 0.1) / 3 = 0.6, b (0.9 + 0.8 + 0.7) / 3 = 0.8.
    const judged = judge([
      [0, 0.9, 0.1],
      [0, 0.8, 0.2],
      [0, 0.1, 0.9],
      [1, 0.1, 0.9],
      [1, 0.2, 0.8],
      [1, 0.3, 0.7],
    ]);
    expect(labelIssues(support, ['a', 'b'], judged)).toEqual([
      { issue: 'label', example: support.examples[2]?.id, position: 2, score: 0.1, suggested: 'b' },
    ]);
  });

  it('are not examples that are merely predicted wrong', () => {
    // Thresholds: a (0.9 + 0.9 + 0.45) / 3 = 0.75, b 0.9. The third is predicted as b, without confidence.
    const judged = judge([
      [0, 0.9, 0.1],
      [0, 0.9, 0.1],
      [0, 0.45, 0.55],
      [1, 0.1, 0.9],
      [1, 0.1, 0.9],
      [1, 0.1, 0.9],
    ]);
    expect(labelIssues(support, ['a', 'b'], judged)).toEqual([]);
  });
});

describe('pairs of labels', () => {
  const classes = ['a', 'b', 'c'];
  const alike = [0, 0, 0, 1, 1, 1].map((given, i): [number, ...number[]] => [
    given,
    ...(i % 2 ? [0.5, 0.4, 0.1] : [0.4, 0.5, 0.1]),
  ]);
  const apart = [2, 2, 2].map((given): [number, ...number[]] => [given, 0.1, 0.1, 0.8]);

  it('are those whose examples are not told apart', () => {
    // Of each, one of three is told from the other.
    expect(labelPairs(classes, judge([...alike, ...apart]))).toEqual([
      {
        issue: 'label_pair',
        example: null,
        position: null,
        score: expect.closeTo(1 / 3, 12),
        labels: ['a', 'b'],
      },
    ]);
  });

  it('are not told from two examples', () => {
    expect(labelPairs(classes, judge([...alike.slice(1), ...apart]))).toEqual([]);
  });
});

describe('duplicates', () => {
  const at = (...rows: readonly (readonly [label: string, content: number, angle: number])[]) => {
    const { support } = givenSupport(rows.map(([label, content]) => ({ label, x: [content] })));
    const data = rows.flatMap(([, , angle]) => [Math.cos(angle), Math.sin(angle), 0, 0]);
    const neighbours = finish(neighboursOf(tensor([rows.length, 4], data), 'cosine', 'seed'));
    const found = finish(duplicatesOf(support, neighbours));
    return found.map(({ issue, position, score, with: other }) => ({
      issue,
      position,
      score,
      with: support.examples.findIndex(({ id }) => id === other),
    }));
  };

  it('are contents that are much closer than usual', () => {
    const found = at(['a', 1, 0], ['a', 2, 0.5], ['b', 3, 1.1], ['b', 4, 1.6], ['b', 5, 1.61]);
    expect(found).toMatchObject([{ issue: 'near_duplicate', position: 4, with: 3 }]);
    // Distances to the nearest: 1 − cos of 0.5, 0.5, 0.5, 0.01, 0.01.
    expect(found[0]?.score).toBeCloseTo((1 - Math.cos(0.01)) / (1 - Math.cos(0.5)), 5);
  });

  it('are one content under two labels', () => {
    expect(at(['a', 1, 0], ['a', 2, 0.5], ['b', 1, 0])).toEqual([
      { issue: 'two_labels_one_input', position: 2, score: 0, with: 0 },
    ]);
  });

  it('are one content twice', () => {
    expect(at(['a', 1, 0], ['a', 1, 0], ['b', 3, 1], ['b', 4, 2])).toEqual([
      { issue: 'near_duplicate', position: 1, score: 0, with: 0 },
    ]);
  });
});

describe('neighbours', () => {
  it('compares a sample when there are too many rows', () => {
    const x = tensor([300, 2000], new Float32Array(600_000).fill(1));
    const { rows, distance } = finish(neighboursOf(x, 'cosine', 'seed'));
    expect(rows.length).toBe(100);
    expect(distance(rows[0] ?? 0, rows[1] ?? 0)).toBeCloseTo(0, 5);
  });

  it('measures by the metric of the package', () => {
    expect(finish(neighboursOf(tensor([2, 2], [0, 0, 3, 4]), 'euclidean', 'seed')).distance(0, 1)).toBe(5);
  });
});

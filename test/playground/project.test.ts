import { describe, expect, it } from 'vitest';
import { project } from '../../src/playground/understand/project.ts';

const distance = (a: { x: number; y: number }, b: { x: number; y: number }) =>
  Math.hypot(a.x - b.x, a.y - b.y);

describe('the map of answers', () => {
  it('places similar probabilities near each other, in −1…1', () => {
    const places = project([
      [0.9, 0.05, 0.05],
      [0.88, 0.06, 0.06],
      [0.05, 0.9, 0.05],
      [0.05, 0.05, 0.9],
    ]);
    const [a, b, c, d] = places;
    if (!a || !b || !c || !d) throw new Error('Expected four places');
    expect(distance(a, b)).toBeLessThan(0.1);
    for (const [one, other] of [
      [a, c],
      [a, d],
      [c, d],
    ] as const)
      expect(distance(one, other)).toBeGreaterThan(0.8);
    for (const { x, y } of places) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(1);
  });

  it('keeps the distances of three labels, which have two dimensions', () => {
    const rows = [
      [0.7, 0.2, 0.1],
      [0.1, 0.3, 0.6],
      [0.3, 0.4, 0.3],
    ];
    const logRatios = rows.map((row) => {
      const logs = row.map(Math.log);
      return logs.map((each) => each - (Number(logs[0]) + Number(logs[1]) + Number(logs[2])) / 3);
    });
    const between = (i: number, j: number) =>
      Math.hypot(...[0, 1, 2].map((k) => Number(logRatios[i]?.[k]) - Number(logRatios[j]?.[k])));
    const places = project(rows);
    const placed = (i: number, j: number) =>
      distance(places[i] ?? { x: 0, y: 0 }, places[j] ?? { x: 0, y: 0 });
    const scale = placed(0, 1) / between(0, 1);
    expect(placed(0, 2)).toBeCloseTo(scale * between(0, 2), 6);
    expect(placed(1, 2)).toBeCloseTo(scale * between(1, 2), 6);
  });

  it('has one dimension for two labels, and one place for equal answers', () => {
    const two = project([
      [0.9, 0.1],
      [0.2, 0.8],
      [0.5, 0.5],
    ]);
    for (const { y } of two) expect(Math.abs(y)).toBeLessThan(1e-6);
    expect(
      project([
        [0.5, 0.5],
        [0.5, 0.5],
      ]),
    ).toEqual([
      { x: 0, y: 0 },
      { x: 0, y: 0 },
    ]);
  });

  it('takes labels that got no probability', () => {
    for (const { x, y } of project([
      [1, 0, 0],
      [0, 1, 0],
    ]))
      expect(Number.isFinite(x + y)).toBe(true);
  });
});

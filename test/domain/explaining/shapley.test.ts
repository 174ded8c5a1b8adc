import { describe, expect, it } from 'vitest';
import { type Coalition, shapleyValues } from '../../../src/domain/explaining/shapley.ts';

const worthOf = (worth: (members: readonly number[]) => number) => async (coalitions: readonly Coalition[]) =>
  coalitions.map((each) => worth(each.flatMap((isIn, i) => (isIn ? [i] : []))));

const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);

describe('Shapley values', () => {
  it('of a game with additive players are what each adds', async () => {
    const adds = [3, -1, 0.5];
    const { base, values } = await shapleyValues(
      3,
      's',
      worthOf((members) => 2 + sum(members.map((i) => adds[i] ?? 0))),
    );
    expect(base).toBe(2);
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(adds[i] ?? 0, 12);
    });
  });

  it('of the glove game are 2/3 for the one left glove and 1/6 for each right one', async () => {
    const pair = (members: readonly number[]) => Number(members.includes(0) && members.some((i) => i > 0));
    const { values } = await shapleyValues(3, 's', worthOf(pair));
    [2 / 3, 1 / 6, 1 / 6].forEach((expected, i) => {
      expect(values[i]).toBeCloseTo(expected, 12);
    });
  });

  it.each([9, 20])('of %i players add up exactly, and depend on the seed alone', async (n) => {
    // Players interact, so that orders matter.
    const worth = (members: readonly number[]) => Math.sqrt(sum(members.map((i) => (i + 1) ** 2)));
    const first = await shapleyValues(n, 'seed', worthOf(worth));
    const all = Array.from({ length: n }, (_, i) => i);
    expect(sum(first.values)).toBeCloseTo(worth(all), 9);
    expect(await shapleyValues(n, 'seed', worthOf(worth))).toEqual(first);
    expect(first.values.at(-1)).toBeGreaterThan(first.values[0] as number);
  });

  it('asks for each coalition once', async () => {
    let asked = 0;
    await shapleyValues(4, 's', async (coalitions) => {
      asked += coalitions.length;
      return coalitions.map(() => 0);
    });
    expect(asked).toBe(16);
  });

  it('has nothing to say of no players', async () => {
    expect(
      await shapleyValues(
        0,
        's',
        worthOf(() => 7),
      ),
    ).toEqual({ base: 7, values: [] });
  });
});

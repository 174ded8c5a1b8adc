import { describe, expect, it } from 'vitest';
import { mlp } from '../../../src/nn/mlp.ts';
import { classifier } from '../../../src/nn/network.ts';
import { joinExamples, type LabelledExamples } from '../../../src/training/datasets/dataset.ts';
import { examplesPerRun } from '../../../src/training/objectives/batches.ts';
import { distillation } from '../../../src/training/objectives/distillation.ts';
import { supervised } from '../../../src/training/objectives/supervised.ts';

const net = classifier(mlp([2, 3]));
const outerLoop = { seed: 1, iterations: 10, outerRate: 0.1, examples: 24 };

/** The inputs of a class are its index and the number of the example. */
const numbered = (counts: readonly number[], first = 0): LabelledExamples => ({
  counts,
  write: (index, example, into) => into.set([first + index, example]),
});

describe('examples of several sources', () => {
  it('are the classes of one source after those of the other', () => {
    const { counts, write } = joinExamples([numbered([3, 4]), numbered([5], 2)]);
    expect(counts).toEqual([3, 4, 5]);
    const row = new Float32Array(2);
    write(2, 4, row);
    expect([...row]).toEqual([2, 4]);
    expect(() => write(3, 0, row)).toThrow('Expected a class below 3, got 3');
  });
});

describe('the runs of an iteration', () => {
  it.each([
    [64, 8],
    [24, 8],
    [60, 6],
    [7, 7],
    [1, 1],
    [61, 1],
  ])('have equally many of %i examples: %i', (examples, expected) => {
    expect(examplesPerRun(examples)).toBe(expected);
  });

  const objective = () =>
    supervised(
      { objective: 'supervised', smoothing: 0, ...outerLoop },
      net,
      numbered([2, 50, 1]),
      net.parameters,
    );

  it('depend on the seed and the iteration, and on nothing before', () => {
    const [one, other] = [objective(), objective()];
    one.runsAt(3);
    const feeds = (each: typeof one, at: number) => each.runsAt(at).map((run) => run.feeds);
    expect(feeds(one, 7)).toEqual(feeds(other, 7));
    expect(feeds(one, 7)).not.toEqual(feeds(one, 8));
  });

  it('draw all classes alike, each example with its label', () => {
    const { runsAt } = objective();
    const drawn = new Map<number, number>();
    for (let i = 0; i < 100; i++)
      for (const { feeds } of runsAt(i)) {
        expect([feeds.x?.shape, feeds.y?.shape]).toEqual([
          [8, 2],
          [8, 3],
        ]);
        for (let row = 0; row < 8; row++) {
          const label = [...(feeds.y?.data ?? [])].slice(3 * row, 3 * row + 3).indexOf(1);
          expect(feeds.x?.data[2 * row]).toBe(label);
          drawn.set(label, (drawn.get(label) ?? 0) + 1);
        }
      }
    for (const label of [0, 1, 2]) expect((drawn.get(label) ?? 0) / 2400).toBeCloseTo(1 / 3, 1);
  });

  it('have the features of the teacher without their mean', () => {
    const features = [
      [1, 10],
      [3, 10],
      [5, 40],
    ];
    const { runsAt, parameters } = distillation(
      { objective: 'distillation', teacher: { name: 'teacher', digest: '' }, ...outerLoop },
      net,
      {
        count: 3,
        features: 2,
        writeInput: (index, into) => into.set([index, 0]),
        writeFeatures: (index, into) => into.set(features[index] ?? []),
      },
      net.parameters,
    );
    expect(parameters['regressor.weight']?.shape).toEqual([3, 2]);
    const centred = [
      [-2, -10],
      [0, -10],
      [2, 20],
    ];
    for (const { feeds, accuracy } of runsAt(0)) {
      const { x, teacher } = feeds;
      for (let row = 0; row < 8; row++)
        expect([...(teacher?.data ?? [])].slice(2 * row, 2 * row + 2)).toEqual(
          centred[x?.data[2 * row] ?? -1],
        );
      expect(accuracy({ shape: [8], data: new Float32Array(8) })).toBeNull();
    }
  });
});

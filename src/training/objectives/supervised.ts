import { classifierParameters, supervisedObjective } from '../../algorithms/batch-objectives.ts';
import { encodeProgram } from '../../graph/export/encode.ts';
import type { Network } from '../../nn/network.ts';
import type { ParameterSpecs } from '../../nn/parameters.ts';
import type { LabelledExamples } from '../datasets/dataset.ts';
import { accuracyOf } from '../evaluation/statistics.ts';
import { createRandom } from '../random.ts';
import type { SupervisedTraining } from '../recipe/training.ts';
import { examplesPerRun, rowsOf } from './batches.ts';
import type { TrainingObjective } from './training-objective.ts';

/**
 * Trains a classifier of all classes of the training. Each example is drawn in two steps, a class and one of its examples, so
 * that all classes count the same.
 */
export function supervised(
  { seed, examples: perIteration, smoothing }: SupervisedTraining,
  net: Network,
  { counts, write }: LabelledExamples,
  served: ParameterSpecs,
): TrainingObjective {
  const perRun = examplesPerRun(perIteration);
  const batches = createRandom(seed).fork('batches');
  const own = classifierParameters(net, counts.length);
  const inputShape = net.inputShape.map(Number);
  const program = supervisedObjective(net, { ...served, ...own }, smoothing);
  return {
    program: { model: encodeProgram(program), episodesPerRun: 'one' },
    parameters: own,
    runsAt(iteration) {
      const random = batches.fork(iteration);
      return Array.from({ length: perIteration / perRun }, () => {
        const drawn = Array.from({ length: perRun }, () => {
          const index = random.integer(counts.length);
          return { index, example: random.integer(counts[index] ?? 0) };
        });
        const x = rowsOf(inputShape, perRun, (row, into) => {
          const { index, example } = drawn[row] as (typeof drawn)[number];
          write(index, example, into);
        });
        const y = rowsOf([counts.length], perRun, (row, into) => {
          into[drawn[row]?.index ?? 0] = 1;
        });
        return { feeds: { x, y }, accuracy: (output) => accuracyOf(output, y) };
      });
    },
  };
}

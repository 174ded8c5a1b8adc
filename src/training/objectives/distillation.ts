import { distillationObjective, regressorParameters } from '../../algorithms/batch-objectives.ts';
import { encodeProgram } from '../../graph/export/encode.ts';
import type { Network } from '../../nn/network.ts';
import type { ParameterSpecs } from '../../nn/parameters.ts';
import type { TaughtExamples } from '../datasets/contents/taught-examples.ts';
import { createRandom } from '../random.ts';
import type { DistillationTraining } from '../recipe/training.ts';
import { examplesPerRun, rowsOf } from './batches.ts';
import type { TrainingObjective } from './training-objective.ts';

/** Predicts the teacher's features, of which the mean over all examples is subtracted. Labels are not read. */
export function distillation(
  { seed, examples: perIteration }: DistillationTraining,
  net: Network,
  examples: TaughtExamples,
  served: ParameterSpecs,
): TrainingObjective {
  const perRun = examplesPerRun(perIteration);
  const batches = createRandom(seed).fork('batches');
  const own = regressorParameters(net, examples.features);
  const program = distillationObjective(net, { ...served, ...own });
  const centre = meanOf(examples);
  const inputShape = net.inputShape.map(Number);
  return {
    program: { model: encodeProgram(program), episodesPerRun: 'one' },
    parameters: own,
    runsAt(iteration) {
      const random = batches.fork(iteration);
      return Array.from({ length: perIteration / perRun }, () => {
        const drawn = Array.from({ length: perRun }, () => random.integer(examples.count));
        const x = rowsOf(inputShape, perRun, (row, into) => examples.writeInput(drawn[row] ?? 0, into));
        const teacher = rowsOf([examples.features], perRun, (row, into) => {
          examples.writeFeatures(drawn[row] ?? 0, into);
          for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) - (centre[i] ?? 0);
        });
        return { feeds: { x, teacher }, accuracy: () => null };
      });
    },
  };
}

function meanOf({ count, features, writeFeatures }: TaughtExamples): Float64Array {
  const mean = new Float64Array(features);
  const row = new Float32Array(features);
  for (let index = 0; index < count; index++) {
    writeFeatures(index, row);
    for (let i = 0; i < features; i++) mean[i] = (mean[i] ?? 0) + (row[i] ?? 0) / count;
  }
  return mean;
}

import type { ParameterSpecs } from '../../nn/parameters.ts';
import type { Objective } from '../../ports/training-runtime.ts';
import type { Tensor, Tensors } from '../../tensor.ts';

/** The loss that the outer loop lowers: its program, and the data of each iteration. */
export interface TrainingObjective {
  readonly program: Objective;
  /** Weights that only training needs. They are not part of the package. */
  readonly parameters: ParameterSpecs;
  /** The runs of an iteration; they depend on the seed and the iteration only. The gradient is the mean over them. */
  runsAt(iteration: number): readonly ObjectiveRun[];
}

export interface ObjectiveRun {
  readonly feeds: Tensors;
  /** The accuracy of the program's `output`; null if nothing is classified. */
  accuracy(output: Tensor): number | null;
}

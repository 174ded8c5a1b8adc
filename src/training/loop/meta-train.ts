import { metaParametersOf } from '../../algorithms/algorithm.ts';
import type { Network } from '../../nn/network.ts';
import type { CreateObjectiveRunner } from '../../ports/training-runtime.ts';
import { copyOf, mapTensors, type Tensor, type Tensors } from '../../tensor.ts';
import { mean } from '../evaluation/statistics.ts';
import type { TrainingObjective } from '../objectives/training-objective.ts';
import { algorithmOf, type Recipe } from '../recipe/recipe.ts';
import { adamStep, cosineRate, startAdam } from './adam.ts';
import type { Checkpoint } from './checkpoint.ts';
import { requireFinite } from './diverged.ts';

export interface MetaTraining {
  readonly recipe: Recipe;
  readonly net: Network;
  readonly objective: TrainingObjective;
  /** Whether the weights are validated before the first iteration, because they were trained before. */
  readonly validatesStart: boolean;
  /** The checkpoint to start from; `iteration` is 0 for a new training. */
  readonly start: Checkpoint;
  readonly threads: number;
  readonly createRunner: CreateObjectiveRunner;
  /** When it aborts, training stops after the current iteration, or at once during a validation. */
  readonly signal: AbortSignal;
  /** Returns a score of these weights with its interval. A higher score is better. */
  validate(weights: Tensors): Promise<{ score: number; interval95: number }>;
  onIteration?(report: IterationReport): void;
  /** Asked after each iteration: whether the last checkpoint is so old that another one is due. */
  isCheckpointDue(): boolean;
  /**
   * Called after each validation, when a checkpoint is due, and when a run is stopped after at least one iteration. The tensors
   * of the checkpoint change again after the promise resolves.
   */
  onCheckpoint(checkpoint: Checkpoint): Promise<void>;
}

export interface IterationReport {
  readonly iteration: number;
  readonly loss: number;
  /** On this iteration's queries, or examples; null if nothing is classified. */
  readonly accuracy: number | null;
}

/** The checkpoint before the first iteration, with these weights. */
export function startCheckpoint(recipe: string, weights: Tensors): Checkpoint {
  return {
    recipe,
    iteration: 0,
    weights,
    adam: startAdam(weights),
    best: null,
    losses: [],
    validations: [],
    recent: [],
  };
}

/**
 * The outer loop: evaluates the runs of the objective, averages ∂loss/∂θ over them and takes a step of Adam. The data of
 * a run depend only on the seed and the iteration, so a resumed run equals a run that was never stopped. The number of threads
 * changes the order in which gradients are summed, and therefore their last digits.
 */
export async function metaTrain(run: MetaTraining): Promise<Checkpoint> {
  const { recipe, net, objective, threads, signal } = run;
  const { training, validation } = recipe;
  await using runner = await run.createRunner(objective.program, threads);
  const sizes = sizesOf(recipe, net, objective);

  let { iteration, adam, best } = run.start;
  const weights = run.start.weights;
  const losses = [...run.start.losses];
  const validations = [...run.start.validations];
  const recent = [...run.start.recent];
  const checkpoint = (): Checkpoint => ({
    recipe: run.start.recipe,
    iteration,
    weights,
    adam,
    best,
    losses,
    validations,
    recent,
  });

  const step = async () => {
    const runs = objective.runsAt(iteration);
    const result = await runner.run(
      weights,
      runs.map(({ feeds }) => feeds),
    );
    const loss = mean(result.losses);
    requireFinite({ loss, gradients: result.gradients }, iteration, training);
    const rate = cosineRate(training.outerRate, iteration, training.iterations);
    adam = adamStep(weights, result.gradients, adam, rate, sizes);
    iteration += 1;
    recent.push(loss);
    const right = runs.flatMap((each, j) => each.accuracy(result.outputs[j] as Tensor) ?? []);
    const accuracy = right.length === 0 ? null : mean(right);
    run.onIteration?.({ iteration, loss, accuracy });
  };

  /** If a run was stopped during a validation, its last step was not validated. The resumed run validates it first. */
  const mustValidate = () =>
    iteration === 0
      ? run.validatesStart && validations.length === 0
      : recent.length > 0 && (iteration % validation.every === 0 || iteration === training.iterations);

  const validate = async () => {
    const { score, interval95 } = await run.validate(weights);
    if (recent.length > 0) losses.push({ at: iteration, value: mean(recent.splice(0)) });
    // A score that is not finite is not drawn in the curve, and its weights are not kept.
    if (Number.isFinite(score)) {
      validations.push({ at: iteration, value: Math.abs(score), interval95 });
      if (!best || score > best.score) best = { score, iteration, weights: mapTensors(weights, copyOf) };
    }
    await run.onCheckpoint(checkpoint());
  };

  try {
    while (!signal.aborted) {
      if (mustValidate()) await validate();
      else if (iteration < training.iterations) {
        await step();
        if (run.isCheckpointDue()) await run.onCheckpoint(checkpoint());
      } else break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  // Without progress nothing is saved, because it would only replace a checkpoint of a later iteration.
  if (signal.aborted && iteration > run.start.iteration) await run.onCheckpoint(checkpoint());
  return checkpoint();
}

/** The sizes of the elements of those weights that state them. */
function sizesOf(
  recipe: Recipe,
  net: Network,
  { parameters }: TrainingObjective,
): Readonly<Record<string, number>> {
  const { algorithm, settings } = algorithmOf(recipe);
  const specs = Object.entries({ ...metaParametersOf(algorithm, net, settings), ...parameters });
  return Object.fromEntries(specs.flatMap(([name, { size }]) => (size === undefined ? [] : [[name, size]])));
}

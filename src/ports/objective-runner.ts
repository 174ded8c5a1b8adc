import type { Tensor, Tensors } from '../tensor.ts';

/** Evaluates a meta-training objective on episodes, side by side. */
export interface ObjectiveRunner extends AsyncDisposable {
  /**
   * Run the objective once per episode, all under the same weights.
   *
   * @param weights the feeds that every run shares
   * @param episodes the feeds of each run
   */
  run(weights: Tensors, episodes: readonly Tensors[]): Promise<ObjectiveResult>;
}

export interface ObjectiveResult {
  /** Mean over episodes of each output `gradient/<name>`, by name. */
  readonly gradients: Tensors;
  /** Per episode, in the order given. */
  readonly losses: readonly number[];
  readonly outputs: readonly Tensor[];
}

/** Compile an objective, as ONNX bytes, on `threads` threads. */
export type CreateObjectiveRunner = (model: Uint8Array, threads: number) => Promise<ObjectiveRunner>;

import type { Tensor, Tensors } from '../tensor.ts';

/** Evaluates a meta-training objective on episodes, side by side. */
export interface ObjectiveRunner extends AsyncDisposable {
  /**
   * The objective of every episode, all under the same weights.
   *
   * @param weights the feeds that every run shares
   * @param episodes the feeds of each; of one shape where a run takes many
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

/** An objective as ONNX bytes, of one episode, or of many of one shape behind a leading axis: means over them. */
export interface Objective {
  readonly model: Uint8Array;
  readonly episodesPerRun: 'one' | 'many';
}

/** Compile an objective on `threads` threads, among which episodes are dealt out. */
export type CreateObjectiveRunner = (objective: Objective, threads: number) => Promise<ObjectiveRunner>;

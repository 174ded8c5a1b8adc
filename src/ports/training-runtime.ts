import type { Content } from '../domain/content.ts';
import type { Encoder, EncoderManifest } from '../package/encoder/encoder.ts';
import type { Tensor, Tensors } from '../tensor.ts';

/** One graph, compiled for the calling thread. */
export interface CompiledGraph {
  run(feeds: Tensors): Promise<Tensors>;
  dispose(): Promise<void>;
}

export type CompileGraph = (model: Uint8Array) => Promise<CompiledGraph>;

/** A meta-training objective as ONNX bytes. */
export interface Objective {
  readonly model: Uint8Array;
  /** `many`: one run takes several episodes of the same shape, stacked along a leading axis, and answers their means. */
  readonly episodesPerRun: 'one' | 'many';
}

/** Evaluates a meta-training objective on many episodes in parallel. */
export interface ObjectiveRunner extends AsyncDisposable {
  /**
   * The objective of each episode, all under the same weights.
   *
   * @param weights feeds that all runs share
   * @param episodes feeds of each episode; all of one shape when a run takes `many`
   */
  run(weights: Tensors, episodes: readonly Tensors[]): Promise<ObjectiveResult>;
}

export interface ObjectiveResult {
  /** Mean over episodes of each output `gradient/<name>`, by name. */
  readonly gradients: Tensors;
  /** One per episode, in the order of `episodes`. */
  readonly losses: readonly number[];
  readonly outputs: readonly Tensor[];
}

/** Compiles an objective on `threads` threads and distributes episodes over them. */
export type CreateObjectiveRunner = (objective: Objective, threads: number) => Promise<ObjectiveRunner>;

/** A frozen encoder that turns contents into features [d]. */
export interface FeatureEncoder {
  readonly manifest: EncoderManifest;
  embed(content: Content): Promise<Tensor>;
}

/** Reads the files of an encoder of this machine. @throws InnerloopError `invalid_config` if there is none of this name. */
export type ReadEncoder = (name: string) => Promise<Encoder>;

/** Opens an encoder of this machine. @throws InnerloopError `invalid_recipe` if there is none of this name. */
export type OpenEncoder = (name: string) => Promise<FeatureEncoder>;

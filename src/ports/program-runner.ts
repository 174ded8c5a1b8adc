import type { Package } from '../package/manifest.ts';
import type { Tensor, Tensors } from '../tensor.ts';

/**
 * Runs the programs of loaded packages. Implementations must pass `test/support/contracts/program-runner.ts`.
 *
 * - Predictions never wait behind an adaptation.
 * - Rows of a prediction are independent: implementations may join concurrent predictions on one state into
 *   one batch, and every caller gets the rows it asked for, in order.
 * - A caller may not touch a tensor it has passed in; a tensor it receives is its own.
 */
export interface ProgramRunner extends AsyncDisposable {
  /** What it computes on, by the runtime's name for it, such as `cpu` or `cuda`. Results on another differ by rounding. */
  readonly executionProvider: string;

  /** Make a package ready to run. Idempotent per digest. @throws InnerloopError `invalid_package`. */
  load(pkg: Package): Promise<void>;

  /**
   * `init`, then `step` × `steps`. Between steps `signal` is honoured (rejects with its reason) and `onStep`
   * receives the loss before that step.
   * @throws InnerloopError `adaptation_diverged` when a loss or the final state is not finite.
   */
  adapt(run: AdaptRun): Promise<Tensors>;

  /**
   * Logits or values [B, …] of `x` [B, …input] under the state `run.stateId`. States are kept close to where
   * they run, bounded in bytes; `loadState` is called only when the state is not there,
   * and once however many predictions wait for it.
   */
  predict(run: PredictRun): Promise<Predicted>;

  /** Drop a resident state, if it is there. */
  forget(stateId: string): Promise<void>;
  /** Whether predictions on this state need no `loadState`. */
  isResident(stateId: string): boolean;
}

export interface AdaptRun {
  /** Digest of a loaded package. */
  readonly digest: string;
  readonly x: Tensor;
  /** One-hot rows [N, ways], or targets [N, …output]. */
  readonly y: Tensor;
  readonly steps: number;
  readonly rate: number;
  readonly signal: AbortSignal;
  onStep(loss: number): void;
}

export interface PredictRun {
  readonly digest: string;
  readonly stateId: string;
  readonly x: Tensor;
  loadState(): Promise<LoadedState>;
}

export interface LoadedState {
  readonly state: Tensors;
  /** Where it was: the name of a cache's tier, or `recomputed`. */
  readonly tier: string;
}

export interface Predicted {
  readonly y: Tensor;
  readonly timings: PredictionTimings;
}

/** How a prediction was served, for whoever wants to know why it took so long. */
export interface PredictionTimings {
  /** `memory` where the state was resident, otherwise what `loadState` has answered. */
  readonly tier: string;
  /** Until the state was there, until its batch began, and while that was computed. */
  readonly cacheMs: number;
  readonly queueMs: number;
  readonly modelMs: number;
}
